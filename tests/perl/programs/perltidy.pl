# SPDX-License-Identifier: MIT
# needs: Perl::Tidy
# perltidy formats a program and is stopped within, when the text is about to be written.
use strict;
use warnings;
use Perl::Tidy;
use Oracle;

my ($source, $result, $errors) = ("");
open my $self, "<", __FILE__ or die;
$source = join("", <$self>) x 5;
Perl::Tidy::perltidy(source => \$source, destination => \$result, stderr => \$errors, argv => "-npro -l=80",
    postfilter => sub { Oracle::stop(); $_[0] });
