// A claim as a queue in SQLite would do it, one process for each: BEGIN IMMEDIATE, UPDATE … RETURNING, COMMIT;
// write-ahead log, synchronous=FULL, busy timeout of 60 s. No lease, no history. Exit status 1: nothing is left. With
// an argument, closing the database leaves the log as it is.
#include <sqlite3.h>
#include <stdio.h>

static const char kClaim[] =
    "UPDATE sites SET status = 'i' WHERE status = 'O'"
    " AND batch = (SELECT batch FROM sites WHERE status = 'O' ORDER BY batch LIMIT 1) RETURNING batch";

int main(int argc, char* argv[]) {
  (void)argv;
  sqlite3* database;
  sqlite3_stmt* claim;
  char batch[64] = "";
  // The database was put into WAL mode when it was made; that is kept in the file.
  if (sqlite3_open_v2("queue.db", &database, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
    return 2;
  sqlite3_busy_timeout(database, 60000);
  if (argc > 1)
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  if (sqlite3_exec(database, "PRAGMA synchronous=FULL; BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
    return 2;
  if (sqlite3_prepare_v2(database, kClaim, -1, &claim, NULL) != SQLITE_OK)
    return 2;
  int step;
  while ((step = sqlite3_step(claim)) == SQLITE_ROW) {
    snprintf(batch, sizeof batch, "%s", (const char*)sqlite3_column_text(claim, 0));
  }
  if (step != SQLITE_DONE || sqlite3_finalize(claim) != SQLITE_OK)
    return 2;
  if (sqlite3_exec(database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
    return 2;
  if (sqlite3_close(database) != SQLITE_OK)
    return 2;
  if (batch[0] == '\0')
    return 1;
  printf("%s\n", batch);
  return 0;
}
