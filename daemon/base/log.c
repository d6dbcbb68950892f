#include "daemon/base/log.h"

#include "daemon/base/text.h"

#include <stdarg.h>
#include <stdio.h>

static LogSink *log_sink;
static void *log_sink_userdata;
static LogLevel log_most = LOG_LEVEL_INFO;

void log_set_sink(LogSink *sink, void *userdata) {
        log_sink = sink;
        log_sink_userdata = userdata;
}

void log_set_level(LogLevel most) {
        log_most = most;
}

static const char *level_word(LogLevel level) {
        switch (level) {
        case LOG_LEVEL_ALERT:
                return "alert: ";
        case LOG_LEVEL_ERROR:
                return "error: ";
        case LOG_LEVEL_WARNING:
                return "warning: ";
        default:
                return "";
        }
}

void log_fields(LogLevel level, const LogField *fields, size_t n_fields, const char *format, ...) {
        char message[LOG_MESSAGE_MAX];
        va_list args;

        if (level > log_most)
                return;
        va_start(args, format);
        (void)vsnprintf(message, sizeof message, format, args);
        va_end(args);
        text_clean(message);
        if (log_sink)
                log_sink(log_sink_userdata, level, message, fields, n_fields);
        else
                (void)fprintf(stderr, "mond: %s%s\n", level_word(level), message);
}
