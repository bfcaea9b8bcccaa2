# SPDX-License-Identifier: MIT
"""Runs unit tests again and again, as a watcher of files does."""
import io
import unittest


class Arithmetic(unittest.TestCase):
    def setUp(self):
        self.numbers = list(range(1000))

    def test_sum(self):
        self.assertEqual(sum(self.numbers), 499500)

    def test_error(self):
        with self.assertRaises(ZeroDivisionError):
            sum(1 // (number - 5) for number in self.numbers)

    def test_many(self):
        for number in self.numbers[:50]:
            with self.subTest(number=number):
                self.assertLess(number, 50)


def run():
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(Arithmetic)
    return unittest.TextTestRunner(stream=io.StringIO()).run(tests)


def main():
    for hour in (1, 2):
        for _ in range(20):
            result = run()
        print("hour", hour, result.testsRun, flush=True)
        input()


if __name__ == "__main__":
    main()
