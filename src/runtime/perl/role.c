/* SPDX-License-Identifier: MIT */
/* What objects of a class are for: perl's own library, and well-known ones of CPAN. */
#include "runtime/perl/private.h"

static const struct {
	const char *name; /* of the class, or of one that it inherits from */
	enum rg_role role;
} known[] = {
	{ "IO::Socket", RG_ROLE_SOCKET },
	{ "IO::Dir", RG_ROLE_FILE },
	{ "File::Temp", RG_ROLE_FILE },
	{ "DBI::db", RG_ROLE_CONNECTION },
	{ "DBI::st", RG_ROLE_CURSOR },
	{ "Net::LDAP", RG_ROLE_CONNECTION },
	{ "Net::SSH2", RG_ROLE_CONNECTION },
	{ "Net::FTP", RG_ROLE_CONNECTION },
	{ "Net::SMTP", RG_ROLE_CONNECTION },
	{ "Net::IMAP::Simple", RG_ROLE_CONNECTION },
	{ "Mail::IMAPClient", RG_ROLE_CONNECTION },
	{ "Redis", RG_ROLE_CONNECTION },
	{ "MongoDB::MongoClient", RG_ROLE_CONNECTION },
	{ "Mojo::Pg::Database", RG_ROLE_CONNECTION },
	{ "LWP::UserAgent", RG_ROLE_SESSION },
	{ "HTTP::Tiny", RG_ROLE_SESSION },
	{ "Mojo::UserAgent", RG_ROLE_SESSION },
	{ "Exception::Class::Base", RG_ROLE_EXCEPTION },
	{ "Exception::Base", RG_ROLE_EXCEPTION },
	{ "Throwable::Error", RG_ROLE_EXCEPTION },
	{ "Mojo::Exception", RG_ROLE_EXCEPTION },
	{ "Moose::Exception", RG_ROLE_EXCEPTION },
	{ "X::Tiny::Base", RG_ROLE_EXCEPTION },
	{ "autodie::exception", RG_ROLE_EXCEPTION },
	{ "Error", RG_ROLE_EXCEPTION },
	{ "CHI::Driver", RG_ROLE_CACHE },
	{ "Cache::Cache", RG_ROLE_CACHE },
	{ "Cache::LRU", RG_ROLE_CACHE },
	{ "Mojo::Cache", RG_ROLE_CACHE },
	{ "Coro", RG_ROLE_COROUTINE },
};

enum rg_role pl_role(const char *class)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(class, known[i].name))
			return known[i].role;
	return RG_ROLE_NONE;
}
