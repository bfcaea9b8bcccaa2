# SPDX-License-Identifier: MIT
# needs: Image::ExifTool
# exiftool reads and writes the metadata of pictures made here.
use strict;
use warnings;
use Image::ExifTool;
use MIME::Base64;
use Oracle;

my $gif = decode_base64("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");
my $tool = Image::ExifTool->new;
our %all;
for my $i (1 .. 5) {
    $tool->SetNewValue("XMP-dc:Title", "title $i");
    $tool->SetNewValue("Comment", "comment $i");
    my $written;
    $tool->WriteInfo(\$gif, \$written);
    my $info = Image::ExifTool::ImageInfo(\$written);
    $all{$i} = { %$info };
}
my $names = $tool->GetFoundTags;
Oracle::stop();
