-- 分月发现率 Visits by month: what was found, with 95 % intervals. A view over all months, as known now.
{{ config(tags=["published"]) }}
with {{ find_rates() }}
