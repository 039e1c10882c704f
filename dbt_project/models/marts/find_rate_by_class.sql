-- 分等级发现率 Visits by month and class of the month before: what was found, with 95 % intervals, of the visits and of all
-- enterprises of the class. A view over all months, as known now.
{{ config(tags=["published"]) }}
with {{ find_rates("class", "class", weighted=true) }}
