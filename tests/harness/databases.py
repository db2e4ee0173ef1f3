"""A database for each test: migrated once, then put back to that state in milliseconds."""

import shutil
import sqlite3
from pathlib import Path

import psycopg

from tests.harness import postgres

REMEMBER = """
DO $$
DECLARE t text; filled boolean;
BEGIN
  CREATE SCHEMA first_state;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE first_state.%I AS TABLE public.%I', t, t); END IF;
  END LOOP;
END $$
"""
# The replica role switches triggers and foreign keys off for this one statement: the audit
# table refuses DELETE from everybody else, which is what the tests want to see of it.
RESET = """
DO $$
DECLARE t text; filled boolean;
BEGIN
  SET LOCAL lock_timeout = '5s';
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM public.%I', t); END IF;
  END LOOP;
  FOR t IN SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgenabled = 'D'
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', t);
  END LOOP;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'first_state'
  LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM first_state.%I', t, t);
  END LOOP;
  FOR t IN SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'
  LOOP
    PERFORM setval(('public.' || t)::regclass, 1, false);
  END LOOP;
END $$
"""


class SQLite:
    dialect = "sqlite"

    def __init__(self, directory: Path) -> None:
        self.path = directory / "caseflow.db"
        self._first_state = directory / "first-state.db"
        self.url = f"sqlite:///{self.path}"

    def remember(self) -> None:
        shutil.copyfile(self.path, self._first_state)

    def reset(self) -> None:
        fresh = self.path.with_suffix(".fresh")
        shutil.copyfile(self._first_state, fresh)
        for leftover in ("-journal", "-wal", "-shm"):
            Path(f"{self.path}{leftover}").unlink(missing_ok=True)
        fresh.replace(self.path)

    def empty(self) -> "SQLite":
        """Another database with no tables at all, for the migration tests."""
        directory = self.path.parent / "empty"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        other = SQLite(directory)
        sqlite3.connect(other.path).close()
        return other

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


class PostgreSQL:
    dialect = "postgresql"

    def __init__(self, cluster: Path, name: str) -> None:
        self._cluster = cluster
        self.name = name
        self.url = f"postgresql+psycopg://{postgres.OWNER}@/{name}?host={cluster}"
        postgres.run(
            cluster,
            "postgres",
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            f"CREATE DATABASE {name} OWNER {postgres.OWNER}",
        )

    def remember(self) -> None:
        postgres.run(self._cluster, self.name, REMEMBER)

    def reset(self) -> None:
        try:
            postgres.run(self._cluster, self.name, RESET)
        except psycopg.errors.LockNotAvailable as error:
            raise AssertionError("an earlier test left a database transaction open") from error

    def empty(self) -> "PostgreSQL":
        return PostgreSQL(self._cluster, f"{self.name}_empty")

    def remove(self) -> None:
        postgres.run(self._cluster, "postgres", f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


Database = SQLite | PostgreSQL
