#include "config/config.h"

#include "config/directives.h"
#include "config/notifiers.h"
#include "config/paths.h"
#include "config/rows.h"
#include "config/targets.h"

#include <assert.h>

/* The target's values as its rows see them; the texts stay the target's. */
static TargetRows rows_of(const Target *target) {
        return (TargetRows){
                .id = target->id,
                .title = target->title,
                .paused = target->paused,
                .checks =
                        {
                                .interval = target->interval,
                                .timeout = target->timeout,
                                .confirm_fail = target->confirm.fail,
                                .confirm_pass = target->confirm.pass,
                                .retry_interval = target->confirm.retry_interval,
                        },
                .ip = (int)target->ip,
        };
}

static int print_hours(const Target *target, int indent, DirectivePrint how, Buf *out) {
        const HoursRows rows = {target->hours_timezone, target->hours_open};

        if (!target->hours)
                return 0;
        int r = buf_printf(out, "%*shours:\n", indent, "");
        return r != 0 ? r : directives_print(hours_rows, &rows, indent + 2, how, out);
}

int target_print(const Target *target, int indent, bool secrets, Buf *out) {
        DirectivePrint how = secrets ? DIRECTIVE_PRINT_WHOLE : DIRECTIVE_PRINT_HIDDEN;
        TargetRows rows = rows_of(target);
        size_t start = out->len;

        int r = directives_print(target_rows, &rows, indent + 2, how, out);
        if (r == 0)
                r = print_hours(target, indent + 2, how, out);
        if (r == 0)
                r = buf_printf(out, "%*s%s:\n", indent + 2, "", target->driver->name);
        if (r == 0)
                r = directives_print(target->driver->directives, target->spec, indent + 4, how, out);
        if (r == 0)
                out->data[start + (size_t)indent] = '-';
        return r;
}

char *config_print(const Config *config) {
        mon_auto_buf Buf out = BUF_INIT(SIZE_MAX / 4); /* what is printed was read from files with a bound */

        int r = directives_print(config_rows, config, 0, DIRECTIVE_PRINT_HIDDEN, &out);
        if (r == 0)
                r = buf_append_text(&out, "targets:\n");
        list_each (Target, target, &config->targets)
                r = r != 0 ? r : target_print(target, 2, false, &out);
        if (r == 0 && config->paths.n > 0)
                r = buf_append_text(&out, "paths:\n");
        list_each (Path, path, &config->paths)
                r = r != 0 ? r : path_print(path, 2, &out);
        if (r == 0 && config->notifiers.n > 0)
                r = buf_append_text(&out, "notifiers:\n");
        list_each (Notifier, notifier, &config->notifiers)
                r = r != 0 ? r : notifier_print(notifier, 2, false, &out);
        assert(r == 0);
        return buf_steal(&out);
}
