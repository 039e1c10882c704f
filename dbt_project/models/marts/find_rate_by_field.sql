-- 分领域发现率 Visits by month and key field of the enterprise, which counts in each of its fields: what was found, with
-- 95 % intervals. A view over all months, as known now.
{{ config(tags=["published"]) }}
with {{ find_rates("fields", "field", each=true) }}
