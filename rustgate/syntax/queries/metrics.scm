; What code stands in, and what the metrics count. Each pattern's last capture names the kind of event that it is.

; where things stand
(closure_expression) @closure
(async_block) @async
(unsafe_block) @unsafe
(const_block) @const
(array_type length: (_) @const)
(array_expression length: (_) @const)
(enum_variant value: (_) @const)
(type_arguments (block) @const)
(const_parameter value: (_) @const)

; decisions
(if_expression) @if
(else_clause (if_expression)) @else-if
(else_clause (block)) @else
(match_expression) @match
(while_expression) @while
(for_expression) @for
(loop_expression) @loop
(match_pattern) @arm
(let_declaration alternative: (block)) @let-else
(let_chain) @chain
(binary_expression operator: _ @operator (#any-of? @operator "&&" "||")) @boolean  ; named in the pattern, each operator would cost the depth of a chain
(break_expression (label)) @jump
(continue_expression (label)) @jump
(try_expression) @try
