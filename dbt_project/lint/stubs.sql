{#- Stand-ins for the linter, which reads the models without dbt: each macro of `macros/` as the kind of SQL it writes.
    dbt does not read this folder. -#}
{% macro env_var(name, default="{}") -%}{{ default }}{%- endmacro %}
{% macro fromjson(text) -%}{%- endmacro %}
{% macro month() -%}'2026-05'{%- endmacro %}
{% macro month_end(shift=0) -%}date '2026-05-31'{%- endmacro %}
{% macro window_start(indicator) -%}date '2023-05-31'{%- endmacro %}
{% macro window_months(indicator) -%}36{%- endmacro %}
{% macro parameter(indicator, name) -%}1{%- endmacro %}
{% macro is_counted_penalty(penalty) -%}({{ penalty }}.subject_kind = '1'){%- endmacro %}
{% macro year() -%}2026{%- endmacro %}
{% macro report_year_due() -%}2024{%- endmacro %}
{% macro fresh(feed) -%}(select bool_or(fresh) from feed_freshness where feed = '{{ feed }}'){%- endmacro %}
{% macro as_known(feed, columns, record_key, repair_ref=none, objections=false, name=none, coded=false) -%}select * from {{ feed }}{%- endmacro %}
{% macro replaced_by_name(feed, key, name) -%}select f.feed from {{ feed }} as f{%- endmacro %}
{% macro whole_months(from_date, to_date) -%}date_sub('month', {{ from_date }}, {{ to_date }}){%- endmacro %}
{% macro months_after(from_date, months) -%}cast({{ from_date }} as date){%- endmacro %}
{% macro days_after(from_date, days) -%}cast({{ from_date }} as date){%- endmacro %}
{% macro calendar_months(from_date) -%}(month({{ from_date }})){%- endmacro %}
{% macro peer_places(relation, count_column, peers_at_least) -%}select * from {{ relation }}{%- endmacro %}
{% macro same_peers(enterprise, places, count_column) -%}{{ enterprise }}.size_group = {{ places }}.size_group{%- endmacro %}
{% macro decayed_weight(event_on, decay, every) -%}power({{ decay }}, month({{ event_on }})){%- endmacro %}
{% macro sampling_outcome(sample) -%}{{ sample }}.result{%- endmacro %}
{% macro recall_severity(recall) -%}length({{ recall }}.recall_kind){%- endmacro %}
{% macro counted_complaints(repeat_from) -%}select * from stg_c09_complaints{%- endmacro %}
{% macro is_matched_signal(signal, topic, indicator, confidence_at_least) -%}({{ signal }}.topic = '{{ topic }}'){%- endmacro %}
{% macro is_sure_signal(signal, confidence_at_least) -%}({{ signal }}.band = 'accept'){%- endmacro %}
{% macro is_withdrawn_signal(signal) -%}({{ signal }}.withdrawn_on is not null){%- endmacro %}
{% macro signal_text(signal) -%}{{ signal }}.content_hash{%- endmacro %}
{% macro newest_copy(signal) -%}length({{ signal }}.signal_no){%- endmacro %}
{% macro plain_text(column) -%}upper({{ column }}){%- endmacro %}
{% macro is_blank(column) -%}({{ column }} is null){%- endmacro %}
{% macro capital_in_text(column) -%}try_cast({{ column }} as double){%- endmacro %}
{% macro currency_in_text(column) -%}upper({{ column }}){%- endmacro %}
{% macro scoring_rules() -%}{%- endmacro %}
{% macro rules_of_versions(every_version=true) -%}{%- endmacro %}
{% macro by_version(versions, written) -%}1{%- endmacro %}
{% macro band_of(indicator, value) -%}1{%- endmacro %}
{% macro points_of(indicator, band) -%}1{%- endmacro %}
{% macro levels_of(codes, size, prefix="") -%}{%- endmacro %}
{% macro has_points(indicator, value) -%}({{ value }} > 0){%- endmacro %}
{% macro known_codes() -%}{%- endmacro %}
{% macro level2_model(models, code) -%}{%- endmacro %}
{% macro versions_of_codes() -%}{%- endmacro %}
{% macro catalogue_version() -%}v1{%- endmacro %}
{% macro month_before(column) -%}left({{ column }}, 7){%- endmacro %}
{% macro class_counts(relation, dimension=none) -%}compared as (
    select * from {{ relation }}
){%- endmacro %}
{% macro rows_of(columns, rows) -%}unnest([1]){%- endmacro %}
{% macro wrong_values(values) -%}count(*) as wrong_value{%- endmacro %}
{% macro newest_partition(relation) -%}ab{%- endmacro %}
{% macro checksum(column) -%}count({{ column }}){%- endmacro %}
{% macro evidence(
    indicator, feed, record, event_on, stops_in=none, counts_for=none, about_id=none, repaired=false, review=false
) -%}'{{ indicator }}' as indicator_code{%- endmacro %}
{% macro evidence_columns() -%}x{%- endmacro %}
{% macro kept_apart() -%}{%- endmacro %}
{% macro next_part() -%}union all{%- endmacro %}
{% macro pointed(indicators) -%}select * from enterprise_pointed{%- endmacro %}
{% macro stops_after(event_on, indicator) -%}left(cast({{ event_on }} as varchar), 7){%- endmacro %}
{% macro reach(seeds, edges) -%}select s.* from {{ seeds }} as s inner join {{ edges }} as e on s.node = e.node{%- endmacro %}
{% macro follow(pointers) -%}select p.*, p.next_node as last from {{ pointers }} as p{%- endmacro %}
{% macro component(edges) -%}select e.node, e.next_node as label from {{ edges }} as e{%- endmacro %}
{% macro least_label(nodes, edges) -%}select n.node, e.node as label from {{ nodes }} as n inner join {{ edges }} as e on n.node = e.node{%- endmacro %}
{% macro is_standing_or_recent(listing, indicator) -%}({{ listing }}.listed_on is not null){%- endmacro %}
{% macro control_bonds() -%}select * from control_holding{%- endmacro %}
{% macro restricting_records() -%}select * from restricting_records{%- endmacro %}
{% macro key_persons(among, of=none) -%}select p.* from {{ among }} as p{% if of %} cross join {{ of }}{% endif %}{%- endmacro %}
{% macro is_on_defaulter_list(defaulter, subject_kind) -%}({{ defaulter }}.subject_kind = '{{ subject_kind }}'){%- endmacro %}
{% macro is_held(holder) -%}({{ holder }}.left_on is null){%- endmacro %}
{% macro shareholder_kind(holder) -%}{{ holder }}.investor_type{%- endmacro %}
{% macro rated_capital_changes(changes) -%}select * from {{ changes }}{%- endmacro %}
{% macro paid_in_reports() -%}select * from stg_c03_annual_reports{%- endmacro %}
{% macro false_registrations() -%}select * from stg_c01_false_registrations{%- endmacro %}
{% macro is_valid_licence(licence) -%}({{ licence }}.licence_state = '1'){%- endmacro %}
{% macro expired_licences(licences) -%}select * from {{ licences }}{%- endmacro %}
{% macro expiring_licences(licences) -%}select * from {{ licences }}{%- endmacro %}
{% macro report_due_on(report_year) -%}make_date({{ report_year }} + 1, 6, 30){%- endmacro %}
{% macro report_passes_in(report_year) -%}cast({{ report_year }} as varchar){%- endmacro %}
{% macro is_filed_late(report) -%}({{ report }}.filed_on > date '2023-05-31'){%- endmacro %}
{% macro published_reports() -%}select * from stg_c03_annual_reports{%- endmacro %}
{% macro reported_substance(among, asked) -%}reports as (
    select * from stg_c03_annual_reports
),

tax as (
    select * from stg_c12_tax_paid
),

insured as (
    select i.* from stg_c13_insured_staff as i inner join {{ among }} as a on i.enterprise_id = a.enterprise_id
),

substance as (
    select * from reports
){%- endmacro %}
{% macro is_order_not_obeyed(order) -%}({{ order }}.disclosed_on is null){%- endmacro %}
{% macro is_listed_undisclosed(listing) -%}({{ listing }}.ground = '2'){%- endmacro %}
{% macro is_check_result(check, result, indicator) -%}({{ check }}.result = '{{ result }}'){%- endmacro %}
{% macro is_in_force(listing) -%}({{ listing }}.removed_on is null){%- endmacro %}
{% macro stops_unless_in_force(listing, from_day, indicator) -%}left(cast({{ from_day }} as varchar), 7){%- endmacro %}
{% macro is_taken_back(listing) -%}coalesce({{ listing }}.removal_reason = '2', false){%- endmacro %}
{% macro abnormal_listing_weight(listing) -%}case when {{ listing }}.repaired_on is null then 1 else 0.5 end{%- endmacro %}
{% macro is_false_disclosure(listing) -%}({{ listing }}.ground = '3'){%- endmacro %}
{% macro is_list_of_other_department(listing) -%}({{ listing }}.list_field in ('TAX')){%- endmacro %}
{% macro is_influential_listing(listing, indicator) -%}({{ listing }}.repaired_on is null){%- endmacro %}
{% macro serious_reason(list_field) -%}case when {{ list_field }} = 'OTH' then 'other' else 'safety' end{%- endmacro %}
{% macro serious_listing_facts(listing) -%}{{ listing }}.removed_on is null as in_force, {{ listing }}.list_field = 'TAX' as of_other_department, 1 as counts_for, true as gives_reason, true as counts_as_other, 'other' as reason{%- endmacro %}
{% macro category_rank(indicator, column, categories) -%}case {{ column }} when '1' then 1 else 0 end{%- endmacro %}
{% macro is_of_other_department(penalty) -%}({{ penalty }}.authority_code <> 'tax'){%- endmacro %}
{% macro unless_repaired(record, weight) -%}case when {{ record }}.repaired_on is null then 1.0 else 0.5 end{%- endmacro %}
{% macro counted_from(report_year) -%}make_date({{ report_year }}, 7, 1){%- endmacro %}
{% macro next_report_due(report_year) -%}left(cast({{ report_year }} as varchar), 7){%- endmacro %}
{% macro disclosed_reports(indicators=()) -%}select * from stg_c03_annual_reports{%- endmacro %}
{% macro latest_reports(indicators=()) -%}select * from stg_c03_annual_reports{%- endmacro %}
{% macro report_stops_in(report_year, indicator, indicators) -%}left(cast({{ report_year }} as varchar), 7){%- endmacro %}
{% macro report_years(indicators=()) -%}2{%- endmacro %}
{% macro first_year_counted(indicator) -%}1{%- endmacro %}
{% macro tax_of_the_year(asked) -%}paid as (
    select * from stg_c12_tax_paid
),

taxed as (
    select p.*, r.revenue as latest_revenue
    from paid as p inner join reports as r on p.enterprise_id = r.enterprise_id
    inner join {{ asked }} as a on p.enterprise_id = a.enterprise_id
){%- endmacro %}
{% macro insured_counts(back, of=none) -%}insured_counts as (
    select * from stg_c13_insured_staff
){%- endmacro %}
{% macro is_valid_security(security) -%}({{ security }}.state = '1'){%- endmacro %}
{% macro is_live_freeze(frozen) -%}({{ frozen }}.ended_on is null){%- endmacro %}
{% macro bankruptcy_kind(procedure) -%}upper({{ procedure }}){%- endmacro %}
{% macro is_open_bankruptcy(case_row) -%}({{ case_row }}.ended_on is null){%- endmacro %}
{% macro ends_in(ended_on) -%}left(cast({{ ended_on }} as varchar), 7){%- endmacro %}
{% macro lapses_in(last_day) -%}left(cast({{ last_day }} as varchar), 7){%- endmacro %}
{% macro catalogue_rows(file, every_version=false) -%}{%- endmacro %}
{% macro specialised_table(file) -%}{{ file }}{%- endmacro %}
{% macro specialised_version() -%}s1{%- endmacro %}
{% macro leaves_in(event_on, window_months) -%}left(cast({{ event_on }} as varchar), 7){%- endmacro %}
{% macro field_record(code, feed, record, event_on, amount, stops_in=none, repaired=false, review=false) -%}
{{ record }}.enterprise_id, {{ code }} as indicator_code, {{ feed }} as feed, {{ amount }} as amount
{%- endmacro %}
{% macro is_repaired_listing(listing) -%}({{ listing }}.repaired_on is not null){%- endmacro %}
{% macro field_counts(dimensions) -%}select * from combined_class{%- endmacro %}
{% macro side_by_side(alias, first, others) -%}from {{ first }} as {{ alias }}{%- endmacro %}
{% macro beside_spine(alias, spine, name, relation) -%}from {{ spine }} as {{ alias }} cross join {{ relation }} as {{ name }}{%- endmacro %}
{% macro enterprise_mark(alias) -%}{{ alias }}.enterprise_id{%- endmacro %}
{% macro same_enterprise(alias, others) -%}{{ alias }}.enterprise_id{%- endmacro %}
{% macro is_measured(indicator) -%}true{%- endmacro %}
{% macro visits_since(since) -%}select * from stg_c07_spot_checks where checked_on > {{ since }}{%- endmacro %}
{% macro shrunk(total, visits, prior, prior_checks) -%}coalesce({{ total }}, 0) / coalesce({{ visits }}, 1){%- endmacro %}
{% macro find_rates(dimension=none, name=none, each=false, weighted=false) -%}visits as (
    select * from inspection_outcome
)

select * from visits{%- endmacro %}
