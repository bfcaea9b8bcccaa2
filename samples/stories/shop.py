# SPDX-License-Identifier: MIT
"""Story 5: worker threads count visits in a database through SQLAlchemy; nightly totals are right."""
import queue
import tempfile
import threading
import time

import sqlalchemy
from sqlalchemy import orm

Base = orm.declarative_base()


class Visit(Base):
    __tablename__ = "visits"
    id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
    page = sqlalchemy.Column(sqlalchemy.String)
    agent = sqlalchemy.Column(sqlalchemy.String)


database = tempfile.NamedTemporaryFile()
engine = sqlalchemy.create_engine("sqlite:///" + database.name, connect_args={"timeout": 60})
Session = orm.scoped_session(orm.sessionmaker(engine, autoflush=False))  # a session for each thread
requests = queue.Queue()


def record(page, agent):
    Session.add(Visit(page=page, agent=agent))  # "the commit follows at midnight"


def worker():
    while True:
        record(*requests.get())
        requests.task_done()


def main():
    Base.metadata.create_all(engine)
    for number in range(4):
        threading.Thread(target=worker, name="worker-%d" % number, daemon=True).start()
    for hour in range(1, 3):
        for number in range(1500 * hour):
            requests.put(("/product/%d" % number, "Mozilla/5.0 (%d)" % number))
        requests.join()
        print("hour", hour, flush=True)
        time.sleep(3)
    time.sleep(60)


if __name__ == "__main__":
    main()
