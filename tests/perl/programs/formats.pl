# SPDX-License-Identifier: MIT
# Formats and handles: write with a top, files, pipes, directories, sockets, strings as files,
# duplicated and layered handles, local ones, handles in hashes and objects.
use strict;
use warnings;
use IO::Handle;
use IO::File;
use IO::Socket::INET;
use Socket;
use Oracle;

our ($name, $amount, @lines) = ("", 0);
format STDOUT_TOP =
Name       Amount
-----------------
.
format STDOUT =
@<<<<<<<<< @>>>>>
$name,     $amount
.
format OTHER =
^<<<<<~~
$lines[0]
.
for (1 .. 5) { ($name, $amount) = ("n$_", $_ * 10); write }
open my $self, "<", $0 or die;
my @read = map { scalar <$self> } 1 .. 3;
open my $memory, ">", \my $buffer or die;
print {$memory} "text $_\n" for 1 .. 10;
{ my $old = select($memory); $~ = "OTHER"; $lines[0] = "word " x 8; $name = "x"; write; select($old) }
open my $dup, ">&", \*STDERR or die;
open my $encoded, "<:encoding(UTF-8)", $0 or die;
my $first = <$encoded>;
pipe(my $reader, my $writer) or die;
opendir my $dir, "/" or die;
my $entry = readdir $dir;
socketpair(my $left, my $right, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die;
my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", Proto => "tcp");
my %handles = (self => $self, file => IO::File->new($0, "r"), temp => IO::File->new_tmpfile, std => \*STDIN);
open OLD, "<", "/dev/null" or die;
my $bare = *OLD{IO};
local *LOCAL;
open LOCAL, "<", $0 or die;
my @stat = stat $self;
my $eof = eof LOCAL;
closedir $dir;
$/ = \100;
my $block = <LOCAL>;
local $, = "-";
local $\ = "";
Oracle::stop();
