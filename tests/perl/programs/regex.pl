# SPDX-License-Identifier: MIT
# Regular expressions: captures, named ones, compiled and interpolated ones, code blocks with
# closures, recursion, pos and \G, character classes of all of Unicode, in the middle of a match.
use strict;
use warnings;
use Oracle;

our @patterns = map { qr/^(\d{$_})-(?<word>\w+)(?:x|y){$_}/ix } 1 .. 30;
my @texts = map { ("1" x $_) . "-word" . "xy" x $_ } 1 .. 30;
my @found;
for my $i (0 .. 29) { push @found, { %+, all => [$1, $2] } if $texts[$i] =~ $patterns[$i] }
my %named = "2026-11-22" =~ /(?<year>\d+)-(?<month>\d+)-(?<day>\d+)/ ? %+ : ();
my $brackets = qr/\((?:[^()]++|(?R))*\)/;
my @nested = "a(b(c)d)e(f)" =~ /($brackets)/g;
my $text = "aaa bbb ccc";
my @words;
push @words, $1 while $text =~ /\G\s*(\w+)/gc;
(my $changed = $text) =~ s/(\w)(\w+)/uc($1) . reverse($2)/ge;
my @parts = split /(\s+)/, $text;
my $unicode = "\x{3b1}\x{3b2}\x{410}" =~ /^\p{Greek}+(\p{Cyrillic})$/ ? $1 : "";
my $class = qr/[\x{100}-\x{200}\w[:alpha:]]/;
my $joined = join "|", map { quotemeta } qw(a.b c+d e*f);
my $alternatives = qr/\b(?:$joined)\b/;
my $count = () = $text =~ /[abc]/g;
my $tr = ($text =~ tr/a-c/A-C/r);
my $length = 3;
my $dynamic = qr/(\w{$length})(??{ $length > 2 ? '.' : '' })/;
"abcdef" =~ $dynamic;
my @log;
my $code = qr/(\w)(?{ push @log, $1 })/;
"xyz" =~ /^$code+/;
my ($before, $match, $after) = "hello world" =~ /o w/ ? ($`, $&, $') : ();
sub within { my ($text) = @_; local $_ = $text; return s/(b+)/inner($1, $text)/er }
sub inner { my $copy = shift; "zzz" =~ /(z)(?<last>z)/; Oracle::stop(); return $copy }
within("aabbcc") if "outer text" =~ /(?<first>\w+) (\w+)/;
