{#- What the models and the evidence of the abnormal list (经营异常名录) and the serious lists (严重失信名单) share. `listing` is the
    alias of a row of stg_c04_abnormal_list or stg_c05_serious_lists; every answer is a SQL expression. -#}

{#- Whether a listing stands on the last day of the month: it does not on the day of its removal. -#}
{% macro is_in_force(listing) -%}
    ({{ listing }}.removed_on is null or {{ listing }}.removed_on > {{ month_end() }})
{%- endmacro %}

{#- For evidence: month in which a listing leaves the window of an indicator, counted from a day of it; null while it is in
    force, for a listing lasts until somebody ends it. -#}
{% macro stops_unless_in_force(listing, from_day, indicator) -%}
    case when not {{ is_in_force(listing) }} then {{ stops_after(from_day, indicator) }} end
{%- endmacro %}

{#- Whether an abnormal listing was taken back by the end of the month as made in error (列入错误): it never counts. Never null. -#}
{% macro is_taken_back(listing) -%}
    coalesce({{ listing }}.removed_on <= {{ month_end() }} and {{ listing }}.removal_reason = '2', false)
{%- endmacro %}

{#- Whether an abnormal listing was repaired by the end of the month, by a decision or as the reason of its removal. Never
    null. -#}
{% macro is_repaired_listing(listing) -%}
    (
        {{ listing }}.repaired_on is not null
        or coalesce({{ listing }}.removed_on <= {{ month_end() }} and {{ listing }}.removal_reason = '1', false)
    )
{%- endmacro %}

{#- What an abnormal listing adds to H040103. -#}
{% macro abnormal_listing_weight(listing) -%}
    case
        when {{ is_taken_back(listing) }} then 0
        when {{ is_repaired_listing(listing) }} then {{ parameter("H040103", "repaired_weight") }}
        else 1
    end
{%- endmacro %}

{#- Whether an abnormal listing says that disclosed information was false or concealed (H030302): ground 3, in force or made
    inside the window, neither taken back nor repaired. A flag cannot be halved, so a repair ends it. -#}
{% macro is_false_disclosure(listing) -%}
    (
        {{ listing }}.ground = '3'
        and {{ listing }}.listed_on <= {{ month_end() }}
        and ({{ listing }}.listed_on > {{ window_start("H030302") }} or {{ is_in_force(listing) }})
        and not {{ is_taken_back(listing) }}
        and not {{ is_repaired_listing(listing) }}
    )
{%- endmacro %}

{#- Whether a serious list is one of other departments (tax, wages, work safety): no 严重违法失信名单, never a direct D. -#}
{% macro is_list_of_other_department(listing) -%}
    ({{ listing }}.list_field in ('TAX', 'WAGE', 'SAFE'))
{%- endmacro %}

{#- Whether a serious listing still influences an indicator: in force, or removed inside its window, and not repaired
    (信用修复). The repair is the decision that ends it, also where the removal itself is reported later. -#}
{% macro is_influential_listing(listing, indicator) -%}
    (
        {{ listing }}.listed_on <= {{ month_end() }}
        and ({{ is_in_force(listing) }} or {{ listing }}.removed_on > {{ window_start(indicator) }})
        and {{ listing }}.repaired_on is null
    )
{%- endmacro %}

{#- Reason of a serious listing, as H040203 groups the fields of law. -#}
{% macro serious_reason(list_field) -%}
    case
        when {{ list_field }} in ('FOOD', 'DRUG', 'SPEC', 'PROD') then 'safety'
        when {{ list_field }} = 'REGF' then 'registration'
        when {{ list_field }} = 'CONS' then 'consumer'
        when {{ list_field }} = 'COMP' then 'competition'
        else 'other'
    end
{%- endmacro %}

{#- Columns that say what a serious listing counts for in H0402, the same for the indicators and their evidence. -#}
{% macro serious_listing_facts(listing) -%}
    {{ is_in_force(listing) }} as in_force,
    {{ is_list_of_other_department(listing) }} as of_other_department,
    {{ unless_repaired(listing, parameter("H040202", "repaired_weight")) }} as counts_for,
    {{ is_influential_listing(listing, "H040203") }} as gives_reason,
    {{ is_influential_listing(listing, "H040205") }} as counts_as_other,
    {{ serious_reason(listing ~ ".list_field") }} as reason
{%- endmacro %}
