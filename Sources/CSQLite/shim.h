#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H
#include <sqlite3.h>
/* SQLITE_TRANSIENT, a cast that Swift does not import: SQLite makes its own copy. */
static inline sqlite3_destructor_type csqlite_copied(void) { return SQLITE_TRANSIENT; }
#endif
