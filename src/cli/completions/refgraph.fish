# fish completion for refgraph; printed by "refgraph completion fish"
# SPDX-License-Identifier: MIT

# Whether the words so far are: refgraph COMMAND ...
function __refgraph_is -a command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test "$words[2]" = $command
end

# Whether no command stands there yet.
function __refgraph_has_none
    test (count (commandline -opc)) -eq 1
end

# Whether operand PLACE of COMMAND comes next, "2" for any after the first; the other
# arguments are its options that take something.
function __refgraph_at -a command place
    __refgraph_is $command; or return 1
    set -l words (commandline -opc)
    set -l count 1
    set -l skip no
    set -e words[1..2]
    for word in $words
        if test $skip = yes
            set skip no
        else if contains -- $word $argv[3..-1]
            set skip yes
        else if not string match -q -- '-?*' $word
            set count (math $count + 1)
        end
    end
    test $skip = no; and test (math min $count, 2) = $place
end

complete -c refgraph -f
complete -c refgraph -n __refgraph_has_none -s h -l help -d 'what there is'
complete -c refgraph -n __refgraph_has_none -s V -l version -d 'the version'
complete -c refgraph -n __refgraph_has_none -a info -d 'what this dump is: runtime, threads, objects, what is missing'
complete -c refgraph -n __refgraph_has_none -a types -d 'counts and bytes by type'
complete -c refgraph -n __refgraph_has_none -a growth -d 'what grew over two or more dumps'
complete -c refgraph -n __refgraph_has_none -a cycles -d 'unreachable cycles, and where to break them'
complete -c refgraph -n __refgraph_has_none -a backrefs -d 'who refers to these objects: a tree or a picture'
complete -c refgraph -n __refgraph_has_none -a refs -d 'what these objects refer to: a tree or a picture'
complete -c refgraph -n __refgraph_has_none -a chain -d 'why is this alive: the way from a root'
complete -c refgraph -n __refgraph_has_none -a objects -d 'list objects, filter them, look at one'
complete -c refgraph -n __refgraph_has_none -a retained -d 'what would go with an object: what keeps memory in use'
complete -c refgraph -n __refgraph_has_none -a threads -d 'what each thread or task was doing: frames, variables, awaits'
complete -c refgraph -n __refgraph_has_none -a refcounts -d 'references that nothing in the dump explains'
complete -c refgraph -n __refgraph_has_none -a convert -d 'write a dump in the portable form, one object a line'
complete -c refgraph -n __refgraph_has_none -a completion -d 'what a shell needs to complete refgraph\'s command lines'
complete -c refgraph -n __refgraph_has_none -a help -d 'explain a command'
complete -c refgraph -n '__refgraph_at help 1' -a info -d 'what this dump is: runtime, threads, objects, what is missing'
complete -c refgraph -n '__refgraph_at help 1' -a types -d 'counts and bytes by type'
complete -c refgraph -n '__refgraph_at help 1' -a growth -d 'what grew over two or more dumps'
complete -c refgraph -n '__refgraph_at help 1' -a cycles -d 'unreachable cycles, and where to break them'
complete -c refgraph -n '__refgraph_at help 1' -a backrefs -d 'who refers to these objects: a tree or a picture'
complete -c refgraph -n '__refgraph_at help 1' -a refs -d 'what these objects refer to: a tree or a picture'
complete -c refgraph -n '__refgraph_at help 1' -a chain -d 'why is this alive: the way from a root'
complete -c refgraph -n '__refgraph_at help 1' -a objects -d 'list objects, filter them, look at one'
complete -c refgraph -n '__refgraph_at help 1' -a retained -d 'what would go with an object: what keeps memory in use'
complete -c refgraph -n '__refgraph_at help 1' -a threads -d 'what each thread or task was doing: frames, variables, awaits'
complete -c refgraph -n '__refgraph_at help 1' -a refcounts -d 'references that nothing in the dump explains'
complete -c refgraph -n '__refgraph_at help 1' -a convert -d 'write a dump in the portable form, one object a line'
complete -c refgraph -n '__refgraph_at help 1' -a completion -d 'what a shell needs to complete refgraph\'s command lines'

complete -c refgraph -n '__refgraph_is info' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is info' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is info' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is info' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is info' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is info' -l format -x -a 'table json' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is info' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is info' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is info' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is info' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at info 1 --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is types' -s n -l limit -x -d 'show N types, 0 for all (20; in JSON and CSV all)'
complete -c refgraph -n '__refgraph_is types' -l sort -x -a 'bytes count name owned' -d 'by which column'
complete -c refgraph -n '__refgraph_is types' -l tracked -d 'only objects known to the cycle collector'
complete -c refgraph -n '__refgraph_is types' -l short -d 'names without modules; types of one name become one'
complete -c refgraph -n '__refgraph_is types' -l module -x -d 'only types of modules or packages that GLOB fits; may be repeated'
complete -c refgraph -n '__refgraph_is types' -l no-stdlib -d 'leave out types of the runtime and its standard library'
complete -c refgraph -n '__refgraph_is types' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is types' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is types' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is types' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is types' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is types' -l format -x -a 'table json csv' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is types' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is types' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is types' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is types' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at types 1 -n --limit --sort --module --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is growth' -s n -l limit -x -d 'show N types, 0 for all (20; in JSON and CSV all)'
complete -c refgraph -n '__refgraph_is growth' -l sort -x -a 'bytes count name' -d 'by which change'
complete -c refgraph -n '__refgraph_is growth' -l peak -d 'only types above their highest count so far, as objgraph has it'
complete -c refgraph -n '__refgraph_is growth' -l tracked -d 'only objects known to the cycle collector'
complete -c refgraph -n '__refgraph_is growth' -l short -d 'names without modules; types of one name become one'
complete -c refgraph -n '__refgraph_is growth' -l warmup -x -d 'show the first K dumps, but judge without them'
complete -c refgraph -n '__refgraph_is growth' -l fail-if -x -d 'exit with 1 if it holds, as count(app.Session) > 1000 or delta_bytes(*) > 10M; may be repeated'
complete -c refgraph -n '__refgraph_is growth' -l exit-code -d 'exit with 1 if anything grew'
complete -c refgraph -n '__refgraph_is growth' -l allow-incomplete -d 'let both judge incomplete dumps'
complete -c refgraph -n '__refgraph_is growth' -l junit -r -F -d 'write how each --fail-if went to FILE, as JUnit does'
complete -c refgraph -n '__refgraph_is growth' -l annotate -x -a 'auto github never' -d 'tell GitHub on standard error; auto is where GITHUB_ACTIONS is true'
complete -c refgraph -n '__refgraph_is growth' -l module -x -d 'only types of modules or packages that GLOB fits; may be repeated'
complete -c refgraph -n '__refgraph_is growth' -l no-stdlib -d 'leave out types of the runtime and its standard library'
complete -c refgraph -n '__refgraph_is growth' -l graph -r -F -d 'draw who holds the newcomers, as .svg, .png, .pdf or .dot'
complete -c refgraph -n '__refgraph_is growth' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is growth' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is growth' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is growth' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is growth' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is growth' -l format -x -a 'table json csv' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is growth' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is growth' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is growth' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is growth' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at growth 1 -n --limit --sort --warmup --fail-if --junit --annotate --module --graph --exe --sysroot --runtime --labels --format --color -o --output' -F
complete -c refgraph -n '__refgraph_at growth 2 -n --limit --sort --warmup --fail-if --junit --annotate --module --graph --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is cycles' -s a -l all -d 'also cycles that are alive'
complete -c refgraph -n '__refgraph_is cycles' -s n -l limit -x -d 'show N shapes, 0 for all (20; in JSON and CSV all)'
complete -c refgraph -n '__refgraph_is cycles' -l short -d 'names without modules'
complete -c refgraph -n '__refgraph_is cycles' -l exit-code -d 'exit with 1 if anything is unreachable'
complete -c refgraph -n '__refgraph_is cycles' -l allow-incomplete -d 'let --exit-code judge an incomplete dump'
complete -c refgraph -n '__refgraph_is cycles' -l module -x -d 'only types of modules or packages that GLOB fits; may be repeated'
complete -c refgraph -n '__refgraph_is cycles' -l no-stdlib -d 'leave out types of the runtime and its standard library'
complete -c refgraph -n '__refgraph_is cycles' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is cycles' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is cycles' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is cycles' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is cycles' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is cycles' -l format -x -a 'table json csv' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is cycles' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is cycles' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is cycles' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is cycles' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at cycles 1 -n --limit --module --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is backrefs' -s d -l depth -x -d 'how many steps (3)'
complete -c refgraph -n '__refgraph_is backrefs' -l too-many -x -d 'draw N neighbours of an object (10, farther off 5)'
complete -c refgraph -n '__refgraph_is backrefs' -l limit-nodes -x -d 'draw N boxes in all (150)'
complete -c refgraph -n '__refgraph_is backrefs' -l ignore-type -x -d 'leave these types out; may be repeated'
complete -c refgraph -n '__refgraph_is backrefs' -l only-type -x -d 'leave all other types out; may be repeated'
complete -c refgraph -n '__refgraph_is backrefs' -l highlight -x -d 'draw these types in blue; may be repeated'
complete -c refgraph -n '__refgraph_is backrefs' -l refcounts -d 'show reference counts'
complete -c refgraph -n '__refgraph_is backrefs' -l sizes -d 'show sizes'
complete -c refgraph -n '__refgraph_is backrefs' -l short -d 'names without modules'
complete -c refgraph -n '__refgraph_is backrefs' -l plumbing -d 'show the parts of objects (__dict__) for themselves'
complete -c refgraph -n '__refgraph_is backrefs' -l weak -d 'weak and borrowed references too'
complete -c refgraph -n '__refgraph_is backrefs' -l no-filter -d 'also what explains nothing: immortals, __class__, names'
complete -c refgraph -n '__refgraph_is backrefs' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is backrefs' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is backrefs' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is backrefs' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is backrefs' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is backrefs' -l format -x -a 'tree json dot svg png pdf' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is backrefs' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is backrefs' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is backrefs' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is backrefs' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at backrefs 1 -d --depth --too-many --limit-nodes --ignore-type --only-type --highlight --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is refs' -s d -l depth -x -d 'how many steps (3)'
complete -c refgraph -n '__refgraph_is refs' -l too-many -x -d 'draw N neighbours of an object (10, farther off 5)'
complete -c refgraph -n '__refgraph_is refs' -l limit-nodes -x -d 'draw N boxes in all (150)'
complete -c refgraph -n '__refgraph_is refs' -l ignore-type -x -d 'leave these types out; may be repeated'
complete -c refgraph -n '__refgraph_is refs' -l only-type -x -d 'leave all other types out; may be repeated'
complete -c refgraph -n '__refgraph_is refs' -l highlight -x -d 'draw these types in blue; may be repeated'
complete -c refgraph -n '__refgraph_is refs' -l refcounts -d 'show reference counts'
complete -c refgraph -n '__refgraph_is refs' -l sizes -d 'show sizes'
complete -c refgraph -n '__refgraph_is refs' -l short -d 'names without modules'
complete -c refgraph -n '__refgraph_is refs' -l plumbing -d 'show the parts of objects (__dict__) for themselves'
complete -c refgraph -n '__refgraph_is refs' -l weak -d 'weak and borrowed references too'
complete -c refgraph -n '__refgraph_is refs' -l no-filter -d 'also what explains nothing: immortals, __class__, names'
complete -c refgraph -n '__refgraph_is refs' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is refs' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is refs' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is refs' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is refs' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is refs' -l format -x -a 'tree json dot svg png pdf' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is refs' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is refs' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is refs' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is refs' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at refs 1 -d --depth --too-many --limit-nodes --ignore-type --only-type --highlight --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is chain' -s k -l count -x -d 'show N chains that differ in the last referrer (1)'
complete -c refgraph -n '__refgraph_is chain' -s a -l all -d 'show all such chains, up to 1000'
complete -c refgraph -n '__refgraph_is chain' -l each -d 'a line for every object: the expression of its chain'
complete -c refgraph -n '__refgraph_is chain' -l shortest -d 'the shortest of all, whatever kind of root it is from'
complete -c refgraph -n '__refgraph_is chain' -l short -d 'names without modules'
complete -c refgraph -n '__refgraph_is chain' -l plumbing -d 'show the parts of objects (__dict__) for themselves'
complete -c refgraph -n '__refgraph_is chain' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is chain' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is chain' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is chain' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is chain' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is chain' -l format -x -a 'tree json csv dot svg png pdf' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is chain' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is chain' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is chain' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is chain' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at chain 1 -k --count --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is objects' -s n -l limit -x -d 'show N objects, 0 for all (20; in JSON and CSV all)'
complete -c refgraph -n '__refgraph_is objects' -l sort -x -a 'size address' -d 'in which order'
complete -c refgraph -n '__refgraph_is objects' -l only-type -x -d 'only objects of these types; may be repeated'
complete -c refgraph -n '__refgraph_is objects' -l ignore-type -x -d 'none of these types; may be repeated'
complete -c refgraph -n '__refgraph_is objects' -l tracked -d 'only objects known to the cycle collector'
complete -c refgraph -n '__refgraph_is objects' -l short -d 'names without modules'
complete -c refgraph -n '__refgraph_is objects' -l module -x -d 'only types of modules or packages that GLOB fits; may be repeated'
complete -c refgraph -n '__refgraph_is objects' -l no-stdlib -d 'leave out types of the runtime and its standard library'
complete -c refgraph -n '__refgraph_is objects' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is objects' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is objects' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is objects' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is objects' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is objects' -l format -x -a 'table json csv' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is objects' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is objects' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is objects' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is objects' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at objects 1 -n --limit --sort --only-type --ignore-type --module --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is retained' -s n -l limit -x -d 'show N rows, 0 for all (20)'
complete -c refgraph -n '__refgraph_is retained' -s a -l all -d 'every object; of a set also the addresses of what would go, in JSON'
complete -c refgraph -n '__refgraph_is retained' -l by -x -a 'object type module root thread' -d 'whose retained sizes to show'
complete -c refgraph -n '__refgraph_is retained' -l tree -d 'the tree of dominators: what keeps what'
complete -c refgraph -n '__refgraph_is retained' -s d -l depth -x -d 'how deep the tree goes (12; as stacks 100)'
complete -c refgraph -n '__refgraph_is retained' -l share -x -d 'count by type what keeps less than that (1; as stacks a hundredth of it)'
complete -c refgraph -n '__refgraph_is retained' -l limit-nodes -x -d 'draw N branches in all (150; as stacks 20000 at least)'
complete -c refgraph -n '__refgraph_is retained' -l cut -x -d 'what would go without REFERENCE, two objects: FROM:TO; may be repeated'
complete -c refgraph -n '__refgraph_is retained' -l exclude -x -d 'as if OBJECT, which may be a type, held nothing; may be repeated'
complete -c refgraph -n '__refgraph_is retained' -l release -d 'also what counts would free at once, before any collection'
complete -c refgraph -n '__refgraph_is retained' -l self-check -d 'prove the tree of dominators and all sums'
complete -c refgraph -n '__refgraph_is retained' -l plumbing -d 'parts of objects, as their __dict__, stand for themselves'
complete -c refgraph -n '__refgraph_is retained' -l short -d 'names without modules'
complete -c refgraph -n '__refgraph_is retained' -l module -x -d 'only types of modules or packages that GLOB fits; may be repeated'
complete -c refgraph -n '__refgraph_is retained' -l no-stdlib -d 'leave out types of the runtime and its standard library'
complete -c refgraph -n '__refgraph_is retained' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is retained' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is retained' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is retained' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is retained' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is retained' -l format -x -a 'table json csv dot svg png pdf collapsed speedscope' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is retained' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is retained' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is retained' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is retained' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at retained 1 -n --limit --by -d --depth --share --limit-nodes --cut --exclude --module --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is threads' -s n -l limit -x -d 'show N frames of each, the innermost; 0 for all (20; in JSON and CSV all)'
complete -c refgraph -n '__refgraph_is threads' -l locals -d 'show the variables of each frame'
complete -c refgraph -n '__refgraph_is threads' -l async -d 'show tasks: what each awaits, who waits for it, and cycles in waiting'
complete -c refgraph -n '__refgraph_is threads' -s a -l all -d 'also tasks that are done, and temporaries on the stacks'
complete -c refgraph -n '__refgraph_is threads' -l short -d 'names without modules'
complete -c refgraph -n '__refgraph_is threads' -l exit-code -d 'exit with 1 if tasks wait for each other (with --async)'
complete -c refgraph -n '__refgraph_is threads' -l allow-incomplete -d 'let --exit-code vouch for an incomplete dump'
complete -c refgraph -n '__refgraph_is threads' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is threads' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is threads' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is threads' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is threads' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is threads' -l format -x -a 'table json csv' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is threads' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is threads' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is threads' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is threads' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at threads 1 -n --limit --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is refcounts' -s n -l limit -x -d 'show N objects, 0 for all (20; in JSON and CSV all)'
complete -c refgraph -n '__refgraph_is refcounts' -l short -d 'names without modules'
complete -c refgraph -n '__refgraph_is refcounts' -l exit-code -d 'exit with 1 if nothing accounts for some reference'
complete -c refgraph -n '__refgraph_is refcounts' -l allow-incomplete -d 'let --exit-code judge an incomplete dump'
complete -c refgraph -n '__refgraph_is refcounts' -l module -x -d 'only types of modules or packages that GLOB fits; may be repeated'
complete -c refgraph -n '__refgraph_is refcounts' -l no-stdlib -d 'leave out types of the runtime and its standard library'
complete -c refgraph -n '__refgraph_is refcounts' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is refcounts' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is refcounts' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is refcounts' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is refcounts' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is refcounts' -l format -x -a 'table json csv' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is refcounts' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is refcounts' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is refcounts' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is refcounts' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at refcounts 1 -n --limit --module --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is convert' -l exe -r -F -d 'the executable that was dumped, where it is not at its place'
complete -c refgraph -n '__refgraph_is convert' -l sysroot -x -a '(__fish_complete_directories)' -d 'look up mapped files below DIR first; may be repeated'
complete -c refgraph -n '__refgraph_is convert' -l runtime -x -d 'of several in the process the one to read, by version, file or address'
complete -c refgraph -n '__refgraph_is convert' -l labels -x -a 'all names none' -d 'which labels to show; names leaves out keys of dicts, which may be secrets'
complete -c refgraph -n '__refgraph_is convert' -l values -d 'show contents of strings and numbers'
complete -c refgraph -n '__refgraph_is convert' -l format -x -a 'ndjson' -d 'how to write the result'
complete -c refgraph -n '__refgraph_is convert' -l color -x -a 'auto always never' -d 'when to use colour'
complete -c refgraph -n '__refgraph_is convert' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is convert' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is convert' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at convert 1 --exe --sysroot --runtime --labels --format --color -o --output' -F

complete -c refgraph -n '__refgraph_is completion' -s o -l output -r -F -d 'write to FILE; its suffix picks the format'
complete -c refgraph -n '__refgraph_is completion' -s h -l help -d 'this text'
complete -c refgraph -n '__refgraph_is completion' -s V -l version -d 'the version'
complete -c refgraph -n '__refgraph_at completion 1 -o --output' -a 'bash zsh fish'
