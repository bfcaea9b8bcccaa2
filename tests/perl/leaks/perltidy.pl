# SPDX-License-Identifier: MIT
# needs: Perl::Tidy
# only: Perl::Tidy 20220613
# cycles: 5
# path: captured $end_node
# break: captured $end_node of CODE | -> of REF
# noted: no
# A real leak: for each group of lines perltidy's aligner leaves a recursive sub behind that captured
# the variable it is in.
use strict;
use warnings;
use File::Basename;
use Perl::Tidy;
use Oracle;

my ($result, $errors);
open my $program, "<", dirname(__FILE__) . "/../programs/weak.pl" or die;
my $source = join("", <$program>) x 5;
Perl::Tidy::perltidy(source => \$source, destination => \$result, stderr => \$errors, argv => "-npro -l=80");
Oracle::stop();
