# SPDX-License-Identifier: MIT
"""Customers are the same object wherever they are looked up."""
import random


class Customer:
    _instances = {}

    def __new__(cls, number):
        if number not in cls._instances:
            cls._instances[number] = super().__new__(cls)
        return cls._instances[number]

    def __init__(self, number):
        if not hasattr(self, "number"):
            self.number = number
            self.orders = []

    def order(self, article, price):
        self.orders.append({"article": article, "price": price})
        return sum(order["price"] for order in self.orders)


class Till:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.turnover = 0

    def serve(self, customers):
        for _ in range(customers):
            customer = Customer(self.chance.randrange(10 ** 9))
            for _ in range(self.chance.randrange(1, 8)):
                price = self.chance.randrange(1, 99)
                customer.order("article-%d" % self.chance.randrange(500), price)
                self.turnover += price


def main():
    till = Till(1)
    for hour in range(1, 3):
        till.serve(1200)
        print("hour", hour, till.turnover, flush=True)
        input()


if __name__ == "__main__":
    main()
