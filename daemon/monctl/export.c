#include "daemon/base/text.h"
#include "daemon/monctl/ask.h"
#include "daemon/monctl/client.h"

#include <stdio.h>

static bool to_stdout(void *userdata, const char *bytes, size_t n) {
        (void)userdata;
        return fwrite(bytes, 1, n, stdout) == n;
}

static int export_from_database(Monctl *ctl, ViewFormat format) {
        mon_cleanup(view_export_free_p) ViewExport *export = NULL;
        mon_auto_buf Buf piece = BUF_INIT(VIEW_EXPORT_STEP_MAX);
        const ViewFilter filter = ask_filter(ctl, NULL);
        Store *store;

        int r = ask_store(ctl, &store);
        if (r != EXIT_DONE)
                return r;
        r = view_export_new(store, format, &filter, &export);
        while (r == 0) {
                buf_clear(&piece);
                r = view_export_step(export, &piece);
                if (r >= 0 && !to_stdout(NULL, buf_text(&piece), piece.len))
                        break;
        }
        return r < 0 || r == VIEW_E_NOT_FOUND ? ask_tell(ctl, r, filter.target) : flush_output(ctl);
}

static int export_from_daemon(Monctl *ctl) {
        mon_auto_free char *query = ask_query(ctl, NULL);
        mon_auto_free char *path = mon_printf("/v1/export%s", query);
        const ClientRequest request = {.path = path, .sink = to_stdout};
        mon_cleanup(client_answer_fini) ClientAnswer answer = {0};

        int r = client_ask(ctl, &request, &answer);
        if (r != EXIT_DONE)
                return r;
        return answer.status == 200 ? flush_output(ctl) : client_tell_problem(ctl, &answer);
}

int cmd_export(Monctl *ctl) {
        ViewFormat format;

        if (!ctl->options.format)
                ctl->options.format = mon_strdup(ctl->options.json ? "json" : "csv");
        if (!view_format_from_name(ctl->options.format, &format))
                return tell(ctl, EXIT_USAGE, say(ctl, PHRASE_BAD_FORMAT));
        return ctl->options.db ? export_from_database(ctl, format) : export_from_daemon(ctl);
}
