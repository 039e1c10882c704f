-- 分地区发现率 Visits by month and region of the enterprise: what was found, with 95 % intervals. A view over all months, as
-- known now.
{{ config(tags=["published"]) }}
with {{ find_rates("region_code", "region_code") }}
