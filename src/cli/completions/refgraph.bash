# bash completion for refgraph; printed by "refgraph completion bash"
# SPDX-License-Identifier: MIT

# The options of a command, those with an argument, and its operands: a kind each, the
# last of which goes on if it ends in "...".
_refgraph_command()
{
    case $1 in
    info)
        options='--exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='--exe --sysroot --runtime --labels --format --color -o --output'
        operands='file'
        ;;
    types)
        options='-n --limit --sort --tracked --short --module --no-stdlib --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-n --limit --sort --module --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file'
        ;;
    growth)
        options='-n --limit --sort --peak --tracked --short --warmup --fail-if --exit-code --allow-incomplete --junit --annotate --module --no-stdlib --containers --survivors --process --graph --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-n --limit --sort --warmup --fail-if --junit --annotate --module --process --graph --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file,file...'
        ;;
    cycles)
        options='-a --all -n --limit --short --exit-code --allow-incomplete --module --no-stdlib --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-n --limit --module --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file'
        ;;
    backrefs)
        options='-d --depth --too-many --limit-nodes --ignore-type --only-type --highlight --refcounts --sizes --short --plumbing --weak --no-filter --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-d --depth --too-many --limit-nodes --ignore-type --only-type --highlight --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file,anything...'
        ;;
    refs)
        options='-d --depth --too-many --limit-nodes --ignore-type --only-type --highlight --refcounts --sizes --short --plumbing --weak --no-filter --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-d --depth --too-many --limit-nodes --ignore-type --only-type --highlight --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file,anything...'
        ;;
    chain)
        options='-k --count -a --all --disjoint -m --merge -n --limit --each --shortest --short --plumbing --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-k --count -n --limit --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file,anything...'
        ;;
    objects)
        options='-n --limit --sort --by --plumbing --only-type --ignore-type --tracked --short --module --no-stdlib --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-n --limit --sort --by --only-type --ignore-type --module --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file,anything...'
        ;;
    retained)
        options='-n --limit -a --all --by --tree -d --depth --share --limit-nodes --cut --exclude --release --self-check --plumbing --short --module --no-stdlib --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-n --limit --by -d --depth --share --limit-nodes --cut --exclude --module --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file,anything...'
        ;;
    leaks)
        options='-n --limit --share --least --least-bytes --baseline --update-baseline --suppressions --short --exit-code --allow-incomplete --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-n --limit --share --least --least-bytes --baseline --suppressions --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file,file...'
        ;;
    threads)
        options='-n --limit --locals --async -a --all --short --exit-code --allow-incomplete --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-n --limit --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file,anything'
        ;;
    refcounts)
        options='-n --limit --short --exit-code --allow-incomplete --module --no-stdlib --exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='-n --limit --module --exe --sysroot --runtime --labels --format --color -o --output'
        operands='file,anything...'
        ;;
    convert)
        options='--exe --sysroot --runtime --labels --values --format --color -o --output -h --help -V --version'
        arguments='--exe --sysroot --runtime --labels --format --color -o --output'
        operands='file'
        ;;
    completion)
        options='-o --output -h --help -V --version'
        arguments='-o --output'
        operands='bash zsh fish'
        ;;
    *) return 1 ;;
    esac
}

# What follows an option of a command: a kind, or words to choose from.
_refgraph_argument()
{
    case $1,$2 in
    info,--exe) place='file' ;;
    info,--sysroot) place='folder' ;;
    info,--runtime) place='anything' ;;
    info,--labels) place='all names none' ;;
    info,--format) place='table json' ;;
    info,--color) place='auto always never' ;;
    info,--output | info,-o) place='file' ;;
    types,--limit | types,-n) place='anything' ;;
    types,--sort) place='bytes count name owned' ;;
    types,--module) place='anything' ;;
    types,--exe) place='file' ;;
    types,--sysroot) place='folder' ;;
    types,--runtime) place='anything' ;;
    types,--labels) place='all names none' ;;
    types,--format) place='table json csv' ;;
    types,--color) place='auto always never' ;;
    types,--output | types,-o) place='file' ;;
    growth,--limit | growth,-n) place='anything' ;;
    growth,--sort) place='bytes count name' ;;
    growth,--warmup) place='anything' ;;
    growth,--fail-if) place='anything' ;;
    growth,--junit) place='file' ;;
    growth,--annotate) place='auto github never' ;;
    growth,--module) place='anything' ;;
    growth,--process) place='auto same different' ;;
    growth,--graph) place='file' ;;
    growth,--exe) place='file' ;;
    growth,--sysroot) place='folder' ;;
    growth,--runtime) place='anything' ;;
    growth,--labels) place='all names none' ;;
    growth,--format) place='table json csv' ;;
    growth,--color) place='auto always never' ;;
    growth,--output | growth,-o) place='file' ;;
    cycles,--limit | cycles,-n) place='anything' ;;
    cycles,--module) place='anything' ;;
    cycles,--exe) place='file' ;;
    cycles,--sysroot) place='folder' ;;
    cycles,--runtime) place='anything' ;;
    cycles,--labels) place='all names none' ;;
    cycles,--format) place='table json csv' ;;
    cycles,--color) place='auto always never' ;;
    cycles,--output | cycles,-o) place='file' ;;
    backrefs,--depth | backrefs,-d) place='anything' ;;
    backrefs,--too-many) place='anything' ;;
    backrefs,--limit-nodes) place='anything' ;;
    backrefs,--ignore-type) place='anything' ;;
    backrefs,--only-type) place='anything' ;;
    backrefs,--highlight) place='anything' ;;
    backrefs,--exe) place='file' ;;
    backrefs,--sysroot) place='folder' ;;
    backrefs,--runtime) place='anything' ;;
    backrefs,--labels) place='all names none' ;;
    backrefs,--format) place='tree json dot svg png pdf' ;;
    backrefs,--color) place='auto always never' ;;
    backrefs,--output | backrefs,-o) place='file' ;;
    refs,--depth | refs,-d) place='anything' ;;
    refs,--too-many) place='anything' ;;
    refs,--limit-nodes) place='anything' ;;
    refs,--ignore-type) place='anything' ;;
    refs,--only-type) place='anything' ;;
    refs,--highlight) place='anything' ;;
    refs,--exe) place='file' ;;
    refs,--sysroot) place='folder' ;;
    refs,--runtime) place='anything' ;;
    refs,--labels) place='all names none' ;;
    refs,--format) place='tree json dot svg png pdf' ;;
    refs,--color) place='auto always never' ;;
    refs,--output | refs,-o) place='file' ;;
    chain,--count | chain,-k) place='anything' ;;
    chain,--limit | chain,-n) place='anything' ;;
    chain,--exe) place='file' ;;
    chain,--sysroot) place='folder' ;;
    chain,--runtime) place='anything' ;;
    chain,--labels) place='all names none' ;;
    chain,--format) place='tree json csv dot svg png pdf collapsed' ;;
    chain,--color) place='auto always never' ;;
    chain,--output | chain,-o) place='file' ;;
    objects,--limit | objects,-n) place='anything' ;;
    objects,--sort) place='size address' ;;
    objects,--by) place='object type module size referrer via container' ;;
    objects,--only-type) place='anything' ;;
    objects,--ignore-type) place='anything' ;;
    objects,--module) place='anything' ;;
    objects,--exe) place='file' ;;
    objects,--sysroot) place='folder' ;;
    objects,--runtime) place='anything' ;;
    objects,--labels) place='all names none' ;;
    objects,--format) place='table json csv' ;;
    objects,--color) place='auto always never' ;;
    objects,--output | objects,-o) place='file' ;;
    retained,--limit | retained,-n) place='anything' ;;
    retained,--by) place='object type module root thread' ;;
    retained,--depth | retained,-d) place='anything' ;;
    retained,--share) place='anything' ;;
    retained,--limit-nodes) place='anything' ;;
    retained,--cut) place='anything' ;;
    retained,--exclude) place='anything' ;;
    retained,--module) place='anything' ;;
    retained,--exe) place='file' ;;
    retained,--sysroot) place='folder' ;;
    retained,--runtime) place='anything' ;;
    retained,--labels) place='all names none' ;;
    retained,--format) place='table json csv dot svg png pdf collapsed speedscope' ;;
    retained,--color) place='auto always never' ;;
    retained,--output | retained,-o) place='file' ;;
    leaks,--limit | leaks,-n) place='anything' ;;
    leaks,--share) place='anything' ;;
    leaks,--least) place='anything' ;;
    leaks,--least-bytes) place='anything' ;;
    leaks,--baseline) place='file' ;;
    leaks,--suppressions) place='file' ;;
    leaks,--exe) place='file' ;;
    leaks,--sysroot) place='folder' ;;
    leaks,--runtime) place='anything' ;;
    leaks,--labels) place='all names none' ;;
    leaks,--format) place='table json csv' ;;
    leaks,--color) place='auto always never' ;;
    leaks,--output | leaks,-o) place='file' ;;
    threads,--limit | threads,-n) place='anything' ;;
    threads,--exe) place='file' ;;
    threads,--sysroot) place='folder' ;;
    threads,--runtime) place='anything' ;;
    threads,--labels) place='all names none' ;;
    threads,--format) place='table json csv' ;;
    threads,--color) place='auto always never' ;;
    threads,--output | threads,-o) place='file' ;;
    refcounts,--limit | refcounts,-n) place='anything' ;;
    refcounts,--module) place='anything' ;;
    refcounts,--exe) place='file' ;;
    refcounts,--sysroot) place='folder' ;;
    refcounts,--runtime) place='anything' ;;
    refcounts,--labels) place='all names none' ;;
    refcounts,--format) place='table json csv' ;;
    refcounts,--color) place='auto always never' ;;
    refcounts,--output | refcounts,-o) place='file' ;;
    convert,--exe) place='file' ;;
    convert,--sysroot) place='folder' ;;
    convert,--runtime) place='anything' ;;
    convert,--labels) place='all names none' ;;
    convert,--format) place='ndjson' ;;
    convert,--color) place='auto always never' ;;
    convert,--output | convert,-o) place='file' ;;
    completion,--output | completion,-o) place='file' ;;
    *) place=anything ;;
    esac
}

_refgraph()
{
    local commands='info types growth cycles backrefs refs chain objects retained leaks threads refcounts convert completion'
    local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
    local options arguments operands place word i count=0 only_operands=
    local -a kinds
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        place="$commands help --help --version"
    elif [[ $command == help ]]; then
        place=anything
        ((COMP_CWORD > 2)) || place=$commands
    else
        _refgraph_command "$command" || return 0
        # "--name=value" comes as three words, and as two while there is no value.
        for ((i = 2; i < COMP_CWORD; i++)); do
            word=${COMP_WORDS[i]}
            place=
            if [[ $only_operands || $word != -?* ]]; then
                ((count++))
            elif [[ $word == -- ]]; then
                only_operands=yes
            elif [[ " $arguments " == *" $word "* ]]; then
                [[ ${COMP_WORDS[i + 1]} != = ]] || ((i++))
                ((i++))
                ((i < COMP_CWORD)) || _refgraph_argument "$command" "$word"
            fi
        done
        [[ $cur != = ]] || cur=
        if [[ ! $place && ! $only_operands && $cur == -* ]]; then
            place=$options
        elif [[ ! $place ]]; then
            IFS=, read -r -a kinds <<<"$operands"
            i=$((count < ${#kinds[@]} ? count : ${#kinds[@]} - 1))
            place=${kinds[i]}
            [[ $count == "$i" || $place == *... ]] || place=anything
            place=${place%...}
        fi
    fi
    case $place in
    file) ;;
    folder) compopt -o dirnames +o default 2>/dev/null ;;
    anything) compopt +o default 2>/dev/null ;;
    *)
        mapfile -t COMPREPLY < <(compgen -W "$place" -- "$cur")
        ((${#COMPREPLY[@]})) || compopt +o default 2>/dev/null
        ;;
    esac
}

complete -o default -F _refgraph refgraph
