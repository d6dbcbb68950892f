/* The log: one message for people and fields for machines. Where it goes is the program's choice (sys/journal.h under
 * systemd, stderr otherwise). Library code does not log; whoever ends a failed operation logs it, once. */
#pragma once

#include "daemon/base/alloc.h"

typedef enum LogLevel { /* syslog's numbers */
                        LOG_LEVEL_ALERT = 1,
                        LOG_LEVEL_ERROR = 3,
                        LOG_LEVEL_WARNING = 4,
                        LOG_LEVEL_NOTICE = 5,
                        LOG_LEVEL_INFO = 6,
                        LOG_LEVEL_DEBUG = 7,
} LogLevel;

typedef struct LogField {
        const char *name;  /* MESSAGE_ID, MOND_TARGET, … */
        const char *value; /* NULL: the field is left out */
} LogField;

#define LOG_FIELDS_MAX 12
#define LOG_MESSAGE_MAX 2048 /* bytes; a longer message is cut on a character's boundary */

/* The message reaches a sink clean: UTF-8 without control characters. */
typedef void LogSink(void *userdata, LogLevel level, const char *message, const LogField *fields, size_t n_fields);

void log_set_sink(LogSink *sink, void *userdata); /* NULL: back to stderr */
void log_set_level(LogLevel most);                /* what is less urgent is not written; INFO at first */

void log_fields(LogLevel level, const LogField *fields, size_t n_fields, const char *format, ...) mon_printf_like(4, 5);
#define log_error(...) log_fields(LOG_LEVEL_ERROR, NULL, 0, __VA_ARGS__)
#define log_warning(...) log_fields(LOG_LEVEL_WARNING, NULL, 0, __VA_ARGS__)
#define log_notice(...) log_fields(LOG_LEVEL_NOTICE, NULL, 0, __VA_ARGS__)
#define log_info(...) log_fields(LOG_LEVEL_INFO, NULL, 0, __VA_ARGS__)
#define log_debug(...) log_fields(LOG_LEVEL_DEBUG, NULL, 0, __VA_ARGS__)
