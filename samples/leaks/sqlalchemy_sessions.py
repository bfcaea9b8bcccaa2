# SPDX-License-Identifier: MIT
"""A shop on SQLAlchemy. Each customer's cart has a session of its own: what is put into the cart is
flushed, and committed at the checkout. Most customers just look."""
import random
import tempfile

import sqlalchemy
from sqlalchemy import orm

Base = orm.declarative_base()


class Article(Base):
    __tablename__ = "articles"
    id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
    name = sqlalchemy.Column(sqlalchemy.String)
    description = sqlalchemy.Column(sqlalchemy.Text)
    reserved = sqlalchemy.Column(sqlalchemy.Integer, default=0)


class Cart:
    def __init__(self, customer, maker):
        self.customer = customer
        self.session = maker()
        self.articles = []

    def browse(self, first):
        self.articles = self.session.query(Article).filter(
            Article.id.between(first, first + 30)).all()
        return [article.name for article in self.articles]

    def checkout(self):
        for article in self.articles:
            article.reserved += 1
        self.session.commit()
        self.session.close()


class Shop:
    def __init__(self, url):
        self.engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
        Base.metadata.create_all(self.engine)
        self.maker = orm.sessionmaker(self.engine)
        self.carts = {}
        with self.maker() as session:
            session.add_all(Article(name="article %d" % n, description="lorem ipsum " * 40)
                            for n in range(500))
            session.commit()

    def visit(self, customer, chance):
        cart = self.carts[customer] = Cart(customer, self.maker)
        cart.browse(chance.randrange(400))
        if chance.random() < 0.1:
            cart.checkout()
            del self.carts[customer]


def main():
    chance = random.Random(5)
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as database:
        shop = Shop("sqlite:///" + database.name)
        for hour in range(1, 3):
            for customer in range(60):
                shop.visit("customer-%d-%d" % (hour, customer), chance)
            print("hour", hour, flush=True)
            input()


if __name__ == "__main__":
    main()
