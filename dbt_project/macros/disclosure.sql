{#- What H0303 and its evidence share; every answer is a boolean SQL expression on a row of the feed named. -#}

{#- Whether an order to disclose (c03_disclosure_orders) inside the window of H030301 was overdue and not obeyed at the end of
    the month. One without a due day is due at once; the due day itself is still in time. -#}
{% macro is_order_not_obeyed(order) -%}
    (
        {{ order }}.ordered_on > {{ window_start("H030301") }}
        and {{ order }}.ordered_on <= {{ month_end() }}
        and coalesce({{ order }}.due_on, {{ order }}.ordered_on) < {{ month_end() }}
        and ({{ order }}.disclosed_on is null or {{ order }}.disclosed_on > {{ month_end() }})
    )
{%- endmacro %}

{#- Whether a row of c04_abnormal_list is a listing for undisclosed information (ground 2), made inside the window of H030301 and
    in force. -#}
{% macro is_listed_undisclosed(listing) -%}
    (
        {{ listing }}.ground = '2'
        and {{ listing }}.listed_on > {{ window_start("H030301") }}
        and {{ listing }}.listed_on <= {{ month_end() }}
        and {{ is_in_force(listing) }}
    )
{%- endmacro %}

{#- Whether a row of c07_spot_checks has a result and lies inside the window of an indicator. -#}
{% macro is_check_result(check, result, indicator) -%}
    (
        {{ check }}.result = '{{ result }}'
        and {{ check }}.checked_on > {{ window_start(indicator) }}
        and {{ check }}.checked_on <= {{ month_end() }}
    )
{%- endmacro %}
