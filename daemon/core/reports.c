#include "daemon/core/reports.h"

void reports_fini(Reports *reports) {
        list_each (Report, report, &reports->list)
                report_free(report);
        list_fini(&reports->list);
}

static bool is_met_after(const Report *a, const Report *b) {
        return a->at_real != b->at_real ? a->at_real > b->at_real : a->id > b->id;
}

const Report *reports_find(const Reports *reports, int64_t id) {
        list_each (const Report, report, &reports->list)
                if (report->id == id)
                        return report;
        return NULL;
}

void reports_add(Reports *reports, Report *report) {
        List *list = &reports->list;

        list_each (Report, other, list)
                if (report->corrects != 0 && other->id == report->corrects)
                        other->corrected_by = report->id;
        if (list->n == REPORTS_MAX)
                report_free(list_take(list, 0));
        list_add(list, report);
        for (size_t i = list->n - 1; i > 0 && is_met_after(list->items[i - 1], report); i--) {
                list->items[i] = list->items[i - 1];
                list->items[i - 1] = report;
        }
}

static bool is_in_force(const Report *report, Nsec now_at_real) {
        return report->corrected_by == 0 && report->until_at_real > now_at_real;
}

const Report *reports_winner(const Reports *reports, Nsec now_at_real) {
        for (size_t i = reports->list.n; i-- > 0;)
                if (is_in_force(reports->list.items[i], now_at_real))
                        return reports->list.items[i];
        return NULL;
}

Nsec reports_expired_at(const Reports *reports, Nsec now_at_real) {
        Nsec last = NSEC_UNKNOWN;

        list_each (const Report, report, &reports->list)
                if (report->corrected_by == 0 && report->until_at_real <= now_at_real && report->until_at_real > last)
                        last = report->until_at_real;
        return last;
}

void reports_tally(const Reports *reports, Nsec now_at_real, ReportsTally *ret_tally) {
        const Report *winner = reports_winner(reports, now_at_real);

        *ret_tally = (ReportsTally){0};
        list_each (const Report, report, &reports->list) {
                if (!is_in_force(report, now_at_real))
                        continue;
                if (report->verdict == winner->verdict)
                        ret_tally->agree++;
                else
                        ret_tally->disagree++;
        }
}
