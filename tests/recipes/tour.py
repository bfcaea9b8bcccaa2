# SPDX-License-Identifier: MIT
"""The stories of docs/tour.md: their programs are run and dumped, and each command asked again.

On the page, `story: NAME DUMPS [MODULE]` begins a story (samples/stories/NAME.py, dumped at each
"hour" it prints; MODULE has to be installed), and each `shows: TEXT` says what the next command's
output must hold, on the page as on a fresh dump. An address in a command is one that the command
before it showed. With --update the outputs on the page are written anew, and the pictures.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from recipes import PYTHON, REFGRAPH, TOP, Skip

PAGE = os.path.join(TOP, "docs", "tour.md")
STORIES = os.path.join(TOP, "samples", "stories")
MOST_COMMANDS = 4

_STORY = re.compile(r"<!-- story: (?P<name>\w+) (?P<dumps>\d) ?(?P<module>\w*) -->\n")
_COMMAND = re.compile(r"(?P<shows>(?:<!-- shows: .* -->\n)*)```console\n\$ (?P<words>.*)\n"
                      r"(?P<output>(?:.*\n)*?)```\n")
_ADDRESS = re.compile(r"\b0x[0-9a-f]+\b")


class Story:
    """A section of the page: its program and its commands."""

    def __init__(self, match, text):
        self.name = match["name"]
        self.dumps = int(match["dumps"])
        self.module = match["module"]
        self.commands = [(found["words"], re.findall(r"<!-- shows: (.*) -->", found["shows"]),
                          found["output"]) for found in _COMMAND.finditer(text)]


def stories_of(page):
    marks = list(_STORY.finditer(page))
    ends = [mark.start() for mark in marks[1:]] + [len(page)]
    return [Story(mark, page[mark.end():end]) for mark, end in zip(marks, ends)]


def lines_with_addresses(output):
    """Addresses in the order of a report's lines."""
    return list(dict.fromkeys(_ADDRESS.findall(output)))


def take_dumps(story, folder):
    """Runs the program and dumps it at each hour: NAME.1.core and so on."""
    if story.module and subprocess.run([PYTHON, "-c", "import " + story.module],
                                       capture_output=True, check=False).returncode:
        raise Skip("%s is not installed" % story.module)
    log = os.path.join(folder, story.name + ".log")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    # Arenas of malloc are 64 MiB of address space each; with two the dumps are small.
    environment.update(LC_ALL="C", MALLOC_ARENA_MAX="2")
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen([PYTHON, "-B", story.name + ".py"], cwd=folder, stdout=file,
                                   stderr=file, stdin=subprocess.DEVNULL, env=environment)
    try:
        for hour in range(1, story.dumps + 1):
            for _ in range(600):
                with open(log, encoding="utf-8") as file:
                    said = file.read()
                if "hour %d" % hour in said:
                    break
                assert process.poll() is None, "%s ended: %s" % (story.name, said)
                time.sleep(0.05)
            prefix = os.path.join(folder, "%s.%d" % (story.name, hour))
            done = subprocess.run(["gcore", "-o", prefix, str(process.pid)], env=environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.STDOUT, check=False, timeout=120)
            core = "%s.%d" % (prefix, process.pid)
            if not os.path.exists(core):
                raise Skip("gcore may not dump here: " + " ".join(done.stdout.split())[-200:])
            os.rename(core, prefix + ".core")
    finally:
        process.kill()
        process.wait()


def ask(words, folder):
    """Output of a command as the page has it."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", COLUMNS="120")
    environment.pop("NO_COLOR", None)
    done = subprocess.run(["sh", "-c", words.replace("refgraph", '"%s"' % REFGRAPH, 1)],
                          cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True,
                          encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, timeout=120)
    if "--with-cgraph" in done.stderr or "refgraph-render" in done.stderr:
        raise Skip(done.stderr.splitlines()[0])
    return done


def follow(story, folder):
    """Asks the story's commands of the dumps in the folder: their words and outputs."""
    answers = []
    before_page, before = [], []
    for words, shows, output in story.commands:
        asked = words
        for address in _ADDRESS.findall(words):
            # On a page that is yet to be written any address means the first.
            place = before_page.index(address) if address in before_page else 0
            asked = asked.replace(address, before[place])
        try:
            done = ask(asked, folder)
        except Skip:
            if "-o" not in words.split():
                raise
            answers.append((words, asked, output))
            continue
        wanted = 1 if "the collector would free it" in shows else 0
        assert done.returncode == wanted and not done.stderr, \
            "$ %s\nstatus %d\n%s%s" % (asked, done.returncode, done.stdout, done.stderr)
        for text in shows:
            assert text in done.stdout, "$ %s\ndoes not show %s:\n%s" % (asked, text, done.stdout)
        answers.append((words, asked, done.stdout))
        if _ADDRESS.search(done.stdout) and not _ADDRESS.search(words):
            before_page, before = lines_with_addresses(output), lines_with_addresses(done.stdout)
    return answers


def check_page(stories):
    """What is wrong with the page itself, whatever a fresh dump says."""
    findings = []
    programs = {name[:-3] for name in os.listdir(STORIES) if name.endswith(".py")}
    findings += ["no story tells of %s.py" % name
                 for name in sorted(programs - {story.name for story in stories})]
    for story in stories:
        if not 1 <= len(story.commands) <= MOST_COMMANDS:
            findings.append("%s takes %d commands" % (story.name, len(story.commands)))
        if not any(shows for _, shows, _ in story.commands):
            findings.append("%s has nothing to show" % story.name)
        for words, shows, output in story.commands:
            findings += ["%s: the page's output of '%s' does not show %s" % (story.name, words, text)
                         for text in shows if text not in output]
            picture = re.search(r"-o (\S+)", words)
            if picture and not os.path.exists(os.path.join(TOP, "docs", "images", picture[1])):
                findings.append("%s: there is no picture %s" % (story.name, picture[1]))
    return findings


def prepare(stories, folder):
    """Takes all dumps, two programs at a time: {name: None or the exception}."""
    def one(story):
        shutil.copy(os.path.join(STORIES, story.name + ".py"), folder)
        try:
            take_dumps(story, folder)
        except (Skip, AssertionError, OSError, subprocess.SubprocessError) as error:
            return error
        return None
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip((story.name for story in stories), pool.map(one, stories)))


def update(folder):
    """Writes outputs and pictures of the page anew, from programs run in the folder."""
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    stories = stories_of(page)
    outcome = prepare(stories, folder)
    for story in stories:
        if outcome[story.name]:
            raise outcome[story.name]
        for words, asked, output in follow(story, folder):
            start = page.index("$ %s\n" % words, page.index("<!-- story: %s " % story.name))
            end = page.index("```\n", start)
            page = page[:start] + "$ %s\n%s" % (asked, output) + page[end:]
            picture = re.search(r"-o (\S+)", words)
            if picture:
                shutil.copy(os.path.join(folder, picture[1]), os.path.join(TOP, "docs", "images"))
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(page)


def main():
    with open(PAGE, encoding="utf-8") as file:
        stories = stories_of(file.read())
    findings = check_page(stories)
    print("1..%d" % (1 + len(stories)), flush=True)
    print("%s 1 - the page tells of every story in at most %d commands"
          % ("not ok" if findings else "ok", MOST_COMMANDS), flush=True)
    for finding in findings:
        print("# " + finding)
    good = not findings
    with tempfile.TemporaryDirectory(prefix="refgraph-tour-") as folder:
        outcome = prepare(stories, folder) if shutil.which("gcore") else {}
        for number, story in enumerate(stories, 2):
            problem = outcome.get(story.name, Skip("gcore is not installed (it comes with gdb)"))
            try:
                if problem:
                    raise problem
                follow(story, folder)
            except Skip as skip:
                print("ok %d - %s # SKIP %s" % (number, story.name, skip), flush=True)
            except (AssertionError, OSError, IndexError, subprocess.SubprocessError) as error:
                good = False
                print("not ok %d - %s" % (number, story.name), flush=True)
                for line in str(error).splitlines():
                    print("# " + line)
            else:
                print("ok %d - %s" % (number, story.name), flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--update"]:
        update(sys.argv[2])
    else:
        main()
