-- 分领域分地区 Members of key fields by field, region and combined class, with shares,
-- changes since the month before, tiers of supervision and the visits a year that the classes ask for. An enterprise in
-- two fields counts in both. A view over all months.
{{ config(tags=["published"]) }}
{{ field_counts(["field", "region_code"]) }}
