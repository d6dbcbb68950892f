/* The rows and checks that probes of one host and port share. */
#pragma once

/* Of a configuration's `host`: NULL when it is a name or an address, else the mistake, to free. */
char *probe_check_host(const char *text);
