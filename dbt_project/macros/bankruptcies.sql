{#- What H0701 and its evidence share about bankruptcy cases (破产案件). -#}

{#- Category of H070106 by code of the procedure: 清算 liquidation; 重整 reorganisation and 和解 settlement are one. -#}
{% macro bankruptcy_kind(procedure) -%}
    case when {{ procedure }} = '3' then 'liquidation' else 'reorganisation' end
{%- endmacro %}

{#- Whether a row of stg_c10_bankruptcies counts: accepted in the window of H070106 and not ended by the last day of the
    month. -#}
{% macro is_open_bankruptcy(case_row) -%}
    (
        {{ case_row }}.accepted_on > {{ window_start("H070106") }}
        and {{ case_row }}.accepted_on <= {{ month_end() }}
        and ({{ case_row }}.ended_on is null or {{ case_row }}.ended_on > {{ month_end() }})
    )
{%- endmacro %}
