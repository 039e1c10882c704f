-- H0503 网络经营与广告 Online trading and advertising: the records behind its indicators, confirmed leads of
-- w01_web_signals. Every copy of a text is shown; of several the newest counts.
with leads as (
    select *
    from {{ ref('stg_w01_web_signals') }}
    where
        topic in ('AD', 'TRADE')
        and confirmed
)

select
    leads.enterprise_id,
    {{ evidence(
        "H050301", "w01_web_signals", "leads", event_on="leads.published_on", stops_in="window",
        counts_for=newest_copy("leads"), review=true
    ) }}
from leads
where {{ is_matched_signal('leads', 'AD', 'H050301', parameter('H050301', 'confidence_at_least')) }}

union all

select
    leads.enterprise_id,
    {{ evidence(
        "H050302", "w01_web_signals", "leads", event_on="leads.published_on", stops_in="window",
        counts_for=newest_copy("leads"), review=true
    ) }}
from leads
where {{ is_matched_signal('leads', 'TRADE', 'H050302', parameter('H050302', 'confidence_at_least')) }}
