# SPDX-License-Identifier: MIT
"""An application on SQLAlchemy whose sessions end with the request; its pool keeps five connections."""
import queue
import tempfile
import threading

import sqlalchemy
from sqlalchemy import orm

Base = orm.declarative_base()


class Note(Base):
    __tablename__ = "notes"
    id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
    text = sqlalchemy.Column(sqlalchemy.String)


def request(maker, number):
    with maker() as session:
        session.add(Note(text="note %d" % number))
        session.commit()
        notes = session.query(Note).filter(Note.id > number - 5).limit(5).all()
        return [note.text for note in notes]


def worker(requests, maker):
    while True:
        request(maker, requests.get())
        requests.task_done()


def main():
    requests = queue.Queue()
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as database:
        engine = sqlalchemy.create_engine("sqlite:///" + database.name,
                                          poolclass=sqlalchemy.pool.QueuePool,
                                          connect_args={"timeout": 60,
                                                        "check_same_thread": False})
        Base.metadata.create_all(engine)
        for _ in range(3):
            threading.Thread(target=worker, daemon=True,
                             args=(requests, orm.sessionmaker(engine))).start()
        for hour in (1, 2):
            for number in range(50):
                requests.put(number)
            requests.join()
            print("hour", hour, flush=True)
            input()


if __name__ == "__main__":
    main()
