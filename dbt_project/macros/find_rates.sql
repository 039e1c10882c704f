{#- Find rates (问题发现率) of visits with Wilson's 95 % score interval, for the published tables. -#}

{#- A limit of Wilson's interval of `found` of `visits`, as `orchestration.evaluation.measures.wilson`; null without a visit.
    side   -1 for the lower limit, 1 for the upper one
    found  number of visits that found something, or their weighted share x visits
    visits number of visits, which need not be whole -#}
{% macro wilson(side, found, visits) -%}
{%- set z = "1.959963984540054" -%}
    case
        when {{ visits }} = 0 then null
        when {{ found }} = {{ 0 if side < 0 else visits }} then {{ "0.0" if side < 0 else "1.0" }}
        else (
            ({{ found }} + {{ z }} * {{ z }} / 2)
            {{ "-" if side < 0 else "+" }} {{ z }} * sqrt(
                {{ found }} * ({{ visits }} - {{ found }}) / cast({{ visits }} as double) + {{ z }} * {{ z }} / 4
            )
        ) / ({{ visits }} + {{ z }} * {{ z }})
    end
{%- endmacro %}

{#- What is known of each visit now: the newest state of it that was written, none where its results were withdrawn. -#}
{% macro newest_visits() -%}
select *
from {{ source("effect", "inspection_outcome") }}
qualify
    row_number() over (partition by enterprise_id, visit order by month desc) = 1
    and not withdrawn
{%- endmacro %}

{#- Visits by the month in which they were made and something else: counts, rate and interval. Beside them the visits of
    known probability, and the rate of the enterprises they stand for: Hajek's, with Wilson's interval on Kish's effective
    number; a visit weighs 1 / inclusion, the probability to be visited in a month, by lot or by statute. It is told by
    class only: a group of several classes needs to know how many enterprises each has (find_rate_in_population).
    dimension  column of the group, a list where `each` is set; none for the whole jurisdiction
    name       name of its column
    weighted   whether to give the rate of the enterprises that the visits stand for -#}
{% macro find_rates(dimension=none, name=none, each=false, weighted=false) -%}
visits as (
    {{ newest_visits() }}
),

named as (
    select
        visit_month,
        class is not null as classed,
        found,
        inclusion
        {%- if dimension %},
        {{ "unnest(" ~ dimension ~ ")" if each else dimension }} as {{ name }}
        {%- endif %}
    from visits
),

grouped as (
    select
        visit_month,
        {%- if dimension %}
        {{ name }},
        {%- endif %}
        count(*) as visits,
        count(*) filter (where found) as found,
        count(inclusion) as known_visits,
        sum(case when found then 1 / inclusion else 0 end) / sum(1 / inclusion) as weighted_rate,
        sum(1 / inclusion) * sum(1 / inclusion) / sum(1 / (inclusion * inclusion)) as effective_visits
    from named
    where classed
    group by all
)

select
    visit_month,
    {%- if dimension %}
    {{ name }},
    {%- endif %}
    visits,
    found,
    found / cast(visits as double) as find_rate,
    {{ wilson(-1, "found", "visits") }} as find_rate_lower,
    {{ wilson(1, "found", "visits") }} as find_rate_upper,
    known_visits
    {%- if weighted %},
    weighted_rate,
    {{ wilson(-1, "(weighted_rate * effective_visits)", "effective_visits") }} as weighted_rate_lower,
    {{ wilson(1, "(weighted_rate * effective_visits)", "effective_visits") }} as weighted_rate_upper
    {%- endif %}
from grouped
{%- endmacro %}
