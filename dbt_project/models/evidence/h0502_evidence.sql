-- H0502 舆情评价 Public opinion: the records behind its indicators, rows of w01_web_signals. Every copy of a text is shown.
-- H050201  negative items of the window; of several copies the newest counts.
-- H050202  negative items of its window; the others only dilute the share and are not shown.
-- H050203  complaints not settled by the last day of the month.
with signals as (
    select *
    from {{ ref('stg_w01_web_signals') }}
    where topic in ('NEWS', 'COMPLAINT')
)

select
    signals.enterprise_id,
    {{ evidence(
        "H050201", "w01_web_signals", "signals", event_on="signals.published_on", stops_in="window",
        counts_for=newest_copy("signals"), review=true
    ) }}
from signals
where
    {{ is_matched_signal('signals', 'NEWS', 'H050201', parameter('H050201', 'confidence_at_least')) }}
    and signals.polarity = '-1'

union all

select
    signals.enterprise_id,
    {{ evidence(
        "H050202", "w01_web_signals", "signals", event_on="signals.published_on", stops_in="window", review=true
    ) }}
from signals
where
    {{ is_matched_signal('signals', 'NEWS', 'H050202', parameter('H050201', 'confidence_at_least')) }}
    and signals.polarity = '-1'

union all

select
    signals.enterprise_id,
    {{ evidence(
        "H050203", "w01_web_signals", "signals", event_on="signals.published_on", stops_in="window", review=true
    ) }}
from signals
where
    {{ is_matched_signal('signals', 'COMPLAINT', 'H050203', parameter('H050203', 'confidence_at_least')) }}
    and (signals.resolved_on is null or signals.resolved_on > {{ month_end() }})
