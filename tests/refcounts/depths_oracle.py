# SPDX-License-Identifier: MIT
"""Run by the interpreter in question: code objects of its library, and the depth of the stack at
each instruction as its own dis module has it.

    depths_oracle.py EVERY FIRST    each EVERYth source file, from the FIRST on

Prints for each code object "minor stacksize code table", then a line of the depths by unit: "."
for no instruction; of 3.8, where dis cannot tell what a finally clause stands on, "=1" at what
returns, if anything leads there: all that is left is what it returns."""
import dis
import os
import sys
import sysconfig
import types

MINOR = sys.version_info[1]
END = ("RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_ABSOLUTE",
       "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT")


def effect(instruction, jump):
    """dis.stack_effect(), but for what the interpreter itself does otherwise."""
    name = instruction.opname
    if MINOR == 11 and name == "PRECALL":
        return 0
    if MINOR == 11 and name == "CALL":
        return -1 - instruction.arg
    if name == "RETURN_GENERATOR":
        return 1
    if name == "GEN_START":
        return 0
    return dis.stack_effect(instruction.opcode, instruction.arg if has_argument(instruction) else
                            None, jump=jump)


def has_argument(instruction):
    if MINOR >= 12:
        return instruction.opcode in dis.hasarg
    return instruction.opcode >= dis.HAVE_ARGUMENT


def depths(code):
    """{offset: depth} by following every jump."""
    instructions = list(dis.get_instructions(code))
    by_offset = {i.offset: i for i in instructions}
    after = {a.offset: b.offset for a, b in zip(instructions, instructions[1:])}
    jumps = set(dis.hasjrel) | set(dis.hasjabs)
    found = {}
    todo = [(0, 0)]
    if MINOR >= 11:
        todo += [(e.target, e.depth + e.lasti + 1) for e in dis._parse_exception_table(code)]
    while todo:
        offset, depth = todo.pop()
        if offset in found:
            if found[offset] != depth:
                raise AssertionError("%s at %d: %d and %d" % (code, offset, found[offset], depth))
            continue
        found[offset] = depth
        instruction = by_offset[offset]
        if instruction.opcode in jumps:
            todo.append((instruction.argval, depth + effect(instruction, True)))
        if instruction.opname not in END:
            todo.append((after[offset], depth + effect(instruction, False)))
    return found


def returns(code):
    """3.8: see above."""
    return {i.offset: "=1" for i in dis.get_instructions(code) if i.opname == "RETURN_VALUE"}


def all_codes(code):
    todo = [code]
    while todo:
        code = todo.pop()
        yield code
        todo += [c for c in code.co_consts if isinstance(c, types.CodeType)]


def sources():
    top = sysconfig.get_path("stdlib")
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(f for f in folders if f not in ("site-packages", "dist-packages",
                                                            "lib2to3", "bad"))
        for name in sorted(names):
            if name.endswith(".py"):
                yield os.path.join(folder, name)


def main():
    every, first = int(sys.argv[1]), int(sys.argv[2])
    out = sys.stdout
    for path in list(sources())[first::every]:
        try:
            with open(path, "rb") as file:
                module = compile(file.read(), path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for code in all_codes(module):
            found = returns(code) if MINOR == 8 else depths(code)
            table = getattr(code, "co_exceptiontable", b"")
            out.write("%d %d %s %s\n" % (MINOR, code.co_stacksize, code.co_code.hex(),
                                         table.hex() or "-"))
            out.write(" ".join(str(found.get(offset, "."))
                               for offset in range(0, len(code.co_code), 2)) + "\n")


main()
