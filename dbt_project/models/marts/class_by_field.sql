-- 分重点领域 Members of key fields by field and combined class, with shares,
-- changes since the month before, tiers of supervision and the visits a year that the classes ask for. An enterprise in
-- two fields counts in both. A view over all months.
{{ config(tags=["published"]) }}
{{ field_counts(["field"]) }}
