-- noqa: disable=LT02,RF03
-- 指标分档 Names and bands of every indicator in every catalogue version: what the numbers in risk_factor mean.
-- Written from data/catalogue when the views are built; points are those before caps.
{{ config(tags=["published"]) }}
{%- set indicators = {} %}
{%- for row in catalogue_rows("indicators", every_version=true) %}
    {%- do indicators.update({row["filename"].split("/")[-2] ~ row["code"]: row}) %}
{%- endfor %}
{%- set columns = [
    "catalogue_version", "indicator_code", "name_zh", "name_en", "unit", "band", "label_zh", "label_en", "points"
] %}
{%- set bands = [] %}
{%- for row in catalogue_rows("bands", every_version=true) %}
    {%- set version = row["filename"].split("/")[-2] %}
    {%- set indicator = indicators[version ~ row["code"]] %}
    {%- set texts = [version, row["code"], indicator["name_zh"], indicator["name_en"], indicator["unit"]] %}
    {%- set quoted = [] %}
    {%- for text in texts + [row["label_zh"], row["label_en"]] %}
        {%- do quoted.append("'" ~ text | replace("'", "''") ~ "'") %}
    {%- endfor %}
    {%- set points = "%.2f" | format((indicator["weight"] | float) * (row["risk"] | float) / 100) %}
    {%- do bands.append(
        quoted[:5] + ["cast(" ~ row["band"] ~ " as integer)"] + quoted[5:] + ["cast(" ~ points ~ " as decimal(9, 2))"]
    ) %}
{%- endfor %}

with bands as (
    select {{ rows_of(columns, bands) }} as band_row
)

select
    band_row.catalogue_version,
    band_row.indicator_code,
    band_row.name_zh,
    band_row.name_en,
    band_row.unit,
    band_row.band,
    band_row.label_zh,
    band_row.label_en,
    band_row.points
from bands
