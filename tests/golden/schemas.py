# SPDX-License-Identifier: MIT
"""What the command writes for programs fits docs/schema, which consumers rely on.

A schema lets consumers meet keys it does not know, for keys are only ever added.  Here it is read
strictly: a key that no schema declares fails, so nothing comes out that is not documented.
"""
import copy
import glob
import json
import os
import re
import subprocess
import sys

try:
    import jsonschema
    VALIDATOR = jsonschema.Draft202012Validator
except (ImportError, AttributeError) as reason:
    print("1..0 # SKIP no jsonschema that knows draft 2020-12 (Debian: python3-jsonschema): %s"
          % reason)
    sys.exit(0)

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "docs")
DUMPS = os.path.join(HERE, "dumps")
CORE = os.path.join(os.path.dirname(HERE), "cores", "cpython-3.13.0.core.xz")
PROGRAM = os.environ.get("REFGRAPH", "refgraph")
# What every answer says of itself; the same words in every schema.
COMMON = ("schema", "complete", "missing", "unreadable")
SESSION = "app.session.Session#0"
# Answers that no golden output has, so that every declared key is seen somewhere.
MORE = (
    "info cut.ndjson", "types --short --tracked tuesday.ndjson", "types -n 1 hostile.ndjson",
    "growth --peak --short tuesday.ndjson monday.ndjson", "growth cut.ndjson monday.ndjson",
    "cycles --all monday.ndjson", "cycles hub.ndjson", "cycles cut.ndjson",
    "backrefs --weak --refcounts --sizes --plumbing --depth 6 monday.ndjson " + SESSION,
    "backrefs --labels none cut.ndjson " + SESSION, "backrefs hub.ndjson app.Item --too-many 2",
    "backrefs monday.ndjson app.tree.Node#0", "refs --too-many 4 hub.ndjson list",
    "refs --refcounts --depth 5 monday.ndjson app.tree.Node", "refs hostile.ndjson 0x7f3a10000000",
    "chain --all monday.ndjson app.session.Session", "chain --merge -n 1 --labels none monday.ndjson str list",
    "chain --plumbing cut.ndjson " + SESSION,
    "objects --values monday.ndjson", "objects monday.ndjson " + SESSION, "objects cut.ndjson",
    "objects --values hostile.ndjson 0x7f3a10000000", "threads --locals --values --all tasks.ndjson",
    "threads --async --locals --values --all tasks.ndjson", "threads hub.ndjson",
    "refcounts leaky.ndjson", "retained tuesday.ndjson", "retained --release --all tuesday.ndjson " + SESSION,
    "leaks --least 10 --least-bytes 1000 suspects.ndjson", "leaks cut.ndjson", "leaks monday.ndjson",
    "retained hostile.ndjson", "retained cut.ndjson", "refcounts cut.ndjson", "refcounts monday.ndjson " + SESSION,
)
# On a real core; the object is any of them.
MORE_OF_CORE = ("info", "types", "cycles --all", "backrefs {} dict#0", "refs {} dict#0",
                "chain {} dict#0", "objects {} dict#0", "objects -n 500",
                "threads --locals", "threads --async", "refcounts", "refcounts {} int#0", "retained -n 10", "retained --release {} list#0", "leaks")


def run(words, status=(0, 1)):
    done = subprocess.run([PROGRAM, *words], cwd=DUMPS, timeout=120, stdin=subprocess.DEVNULL,
                          env=dict(os.environ, LC_ALL="C"), capture_output=True, check=False)
    if done.returncode not in status:
        raise ValueError("%s: %s" % (" ".join(words), done.stderr.decode("utf-8", "replace")))
    return done.stdout


def load(name):
    with open(os.path.join(DOCS, "schema", name + ".schema.json"), encoding="utf-8") as file:
        return json.load(file)


def nodes(schema):
    """Every schema within a schema, itself included."""
    yield schema
    for key in ("properties", "$defs"):
        for part in schema.get(key, {}).values():
            yield from nodes(part)
    for key in ("anyOf", "allOf", "oneOf"):
        for part in schema.get(key, []):
            yield from nodes(part)
    if isinstance(schema.get("items"), dict):
        yield from nodes(schema["items"])


def strict(schema):
    """The schema without room for keys that it does not declare."""
    closed = copy.deepcopy(schema)
    for node in nodes(closed):
        if "properties" in node and "object" in node.get("type", ()):
            node["additionalProperties"] = False
    return closed


SCHEMAS = {os.path.basename(path)[:-len(".schema.json")]: None
           for path in glob.glob(os.path.join(DOCS, "schema", "*.schema.json"))}
for _name in SCHEMAS:
    SCHEMAS[_name] = load(_name)
STRICT = {_name: VALIDATOR(strict(_schema)) for _name, _schema in SCHEMAS.items()}
SEEN = {_name: set() for _name in SCHEMAS}


def note(name, value):
    """Remembers which keys were met in what fits schema `name`."""
    if isinstance(value, dict):
        for key, part in value.items():
            SEEN[name].add(key)
            note(name, part)
    elif isinstance(value, list):
        for part in value:
            note(name, part)


def faults(name, value):
    if name not in STRICT:
        return ["docs/schema has no %s.schema.json" % name]
    note(name, value)
    return ["%s: %s" % ("/".join(map(str, fault.absolute_path)) or "the whole",
                        jsonschema.exceptions.best_match([fault]).message[:300])
            for fault in STRICT[name].iter_errors(value)]


def answer_faults(text):
    answer = json.loads(text)
    return faults(answer["schema"].split("/")[1], answer)


def dump_faults(data):
    """One line of each combination of keys, and every hundredth: the rest is alike."""
    met, found = set(), []
    lines = data.splitlines()
    for number, line in enumerate(lines, 1):
        value = json.loads(line)
        keys = tuple(value)
        if keys not in met or number % 100 == 0:
            met.add(keys)
            found += ["line %d: %s" % (number, fault) for fault in faults("portable", value)]
    return found if lines else ["there is no line"]


# --- of the schemas themselves ---

def check_sound(name):
    schema = SCHEMAS[name]
    VALIDATOR.check_schema(schema)
    found = []
    if schema.get("$id") != "urn:refgraph:%s:1" % name:
        found.append("its $id is %r" % schema.get("$id"))
    for node in nodes(schema):
        for key, part in node.get("properties", {}).items():
            if "description" not in part:
                found.append("%s has no description" % key)
        for key in node.get("required", []):
            if "object" in node.get("type", ()) and key not in node["properties"]:
                found.append("%s is required but not declared" % key)
        if "properties" in node and "type" not in node:
            found.append("properties without a type: %s" % sorted(node["properties"]))
        if node.get("additionalProperties", True) is not True:
            found.append("it forbids keys that may be added one day")
    if name != "portable":
        first = load("types")
        for key in COMMON:
            if key not in schema["required"]:
                found.append("it does not require %s" % key)
            if key != "schema" and schema["properties"][key] != first["properties"][key]:
                found.append("it declares %s otherwise than types does" % key)
        if schema["$defs"].get("address") != first["$defs"]["address"]:
            found.append("it declares addresses otherwise than types does")
    return found


def check_every_command():
    """Who writes JSON has a schema; every schema has a command."""
    commands = re.findall(r"^  ([a-z]+) ", run(["--help"]).decode(), re.MULTILINE)
    writers = {name for name in commands
               if re.search(r"--format FORMAT(?:.|\n {20,})*\bjson\b", run(["help", name]).decode(), re.MULTILINE)}
    known = set(SCHEMAS) - {"portable"}
    return (["%s writes JSON but docs/schema has nothing of it" % n for n in writers - known] +
            ["%s.schema.json is of no command" % n for n in known - writers] +
            ([] if writers else ["no command writes JSON"]))


def check_portable_document():
    with open(os.path.join(DOCS, "portable-dump.md"), encoding="utf-8") as file:
        words = set(re.findall(r"\w+", file.read()))
    return ["docs/portable-dump.md does not mention the key %s" % key
            for line in SCHEMAS["portable"]["$defs"].values()
            for node in nodes(line) for key in node.get("properties", ()) if key not in words]


# --- of outputs ---

def expected_answers():
    for path in sorted(glob.glob(os.path.join(HERE, "expected", "*.out"))):
        with open(path, "rb") as file:
            data = file.read()
        if data.startswith(b'{\n "schema"'):
            yield os.path.basename(path), data


def check_more():
    found = []
    for words in MORE:
        answer = run([*words.split(), "--format", "json"])
        found += ["%s: %s" % (words, fault) for fault in answer_faults(answer)]
    return found


def core_is_readable():
    try:
        run(["info", CORE], (0,))
    except ValueError as error:
        return "lzma" not in str(error)
    return True


def check_core():
    found = []
    for words in MORE_OF_CORE:
        words = words if "{}" in words else words + " {}"
        answer = run([CORE if word == "{}" else word for word in words.split()] +
                     ["--format", "json"])
        found += ["%s: %s" % (words, fault) for fault in answer_faults(answer)]
    return found + dump_faults(run(["convert", CORE]))


def check_dump(path):
    with open(path, "rb") as file:
        found = dump_faults(file.read())
    for options in ([], ["--labels", "all", "--values"], ["--labels", "none"]):
        found += ["convert %s: %s" % (" ".join(options), fault)
                  for fault in dump_faults(run(["convert", path, *options]))]
    return found


# --- of this test ---

def objects_in(value, schema, whole):
    """Pairs of an object in the value and its schema."""
    while "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        for part in schema["anyOf"]:
            if value is not None:
                yield from objects_in(value, part, whole)
    if isinstance(value, dict) and "properties" in schema:
        yield value, schema
        for key, part in value.items():
            yield from objects_in(part, schema["properties"].get(key, {}), whole)
    elif isinstance(value, list) and value:
        yield from objects_in(value[0], schema.get("items", {}), whole)


def check_refusals(data):
    """Changed at any place, an answer is refused."""
    answer = json.loads(data)
    name = answer["schema"].split("/")[1]
    validator, found, changes = STRICT[name], [], 0

    def refuse(what):
        nonlocal changes
        changes += 1
        if validator.is_valid(answer):
            found.append("accepts " + what)
    for part, schema in list(objects_in(answer, SCHEMAS[name], SCHEMAS[name])):
        part["undeclared"] = 1
        refuse("an undeclared key beside %s" % sorted(part))
        del part["undeclared"]
        for key in schema["required"]:
            kept = part.pop(key)
            refuse("a missing %s" % key)
            part[key] = {"no": "such"}
            refuse("a %s that is an object" % key)
            if isinstance(kept, str) and kept.startswith("0x"):
                for other in (int(kept, 16), kept.upper(), kept[2:], "0x0" + kept[2:]):
                    part[key] = other
                    refuse("the address %r" % (other,))
            elif isinstance(kept, int):
                part[key] = str(kept)
                refuse("a %s in quotes" % key)
            part[key] = kept
        if not validator.is_valid(answer):
            return ["was changed for good: %s" % sorted(part)]
    return found if changes > 10 else ["only %d changes were tried" % changes]


def check_portable_refusals():
    good = {"address": 64, "type": "dict", "size": 64, "refs": [64]}
    wrong = [dict(good, address="0x40"), dict(good, address=-1), dict(good, address=2 ** 64),
             dict(good, refs=["0x40"]), dict(good, refs=None), dict(good, tracked=1),
             dict(good, undeclared=1), dict(good, labels=[1]), {"end": {}}, {"end": {"objects": "1"}},
             {"refgraph": 2}, {"root": 64, "kind": "moon"}, {"root": "x"}, {}, [], 1, None]
    wrong += [{k: v for k, v in good.items() if k != key} for key in good]
    found = [] if STRICT["portable"].is_valid(good) else ["refuses %s" % good]
    return found + ["accepts %s" % line for line in wrong if STRICT["portable"].is_valid(line)]


# Declared, but too rare for the dumps here.
RARE = {"portable": {"lost", "opaque"}}


def check_declared_is_seen():
    """Runs last: what no output ever showed is a slip of the pen."""
    return ["%s.schema.json declares %s, which no output has" % (name, key)
            for name, schema in sorted(SCHEMAS.items())
            for key in sorted({key for node in nodes(schema) for key in node.get("properties", ())}
                              - SEEN[name] - RARE.get(name, set()))]


def main():
    cases = [("%s.schema.json is sound" % name, lambda name=name: check_sound(name))
             for name in sorted(SCHEMAS)]
    cases += [("every command that writes JSON has a schema", check_every_command),
              ("the document names every key of a portable dump", check_portable_document)]
    answers = list(expected_answers())
    cases += [("expected/" + name, lambda data=data: answer_faults(data))
              for name, data in answers]
    cases += [("changes of expected/%s are refused" % name,
               lambda data=data: check_refusals(data)) for name, data in answers]
    cases.append(("changes of a portable dump are refused", check_portable_refusals))
    cases.append(("answers that nothing else expects", check_more))
    cases += [("dumps/%s, and what convert makes of it" % os.path.basename(path),
               lambda path=path: check_dump(path))
              for path in sorted(glob.glob(os.path.join(DUMPS, "*.ndjson")))]
    whole = core_is_readable()
    cases.append(("answers from a real core", check_core if whole else None))
    cases.append(("what a schema declares is in some output",
                  check_declared_is_seen if whole else None))
    failed = 0
    print("1..%d" % len(cases))
    for number, (description, check) in enumerate(cases, 1):
        if not check:
            print("ok %d - schema: %s # SKIP built without lzma" % (number, description))
            continue
        try:
            found = check()
        except (ValueError, KeyError, jsonschema.exceptions.SchemaError) as error:
            found = [repr(error)]
        failed += bool(found)
        print("%s %d - schema: %s" % ("not ok" if found else "ok", number, description))
        for line in found[:20]:
            print("# " + line.replace("\n", " "))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
