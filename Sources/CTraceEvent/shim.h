#ifndef CTRACEEVENT_SHIM_H
#define CTRACEEVENT_SHIM_H
/* Only what libtraceevent 1.7.1 has: 1.8 and 1.9 have it too. */
#include <event-parse.h>
#endif
