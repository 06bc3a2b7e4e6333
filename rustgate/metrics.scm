; What the outline and the metrics are made from. Each pattern's last capture names the kind of event that it is.

; where things stand
(mod_item) @mod
(impl_item) @impl
(trait_item) @trait
(struct_item) @type
(enum_item) @type
(union_item) @type
(foreign_mod_item) @extern
(function_item) @function
(function_signature_item) @signature
(closure_expression) @closure
(async_block) @async
(unsafe_block) @unsafe
(const_item) @const
(static_item) @const
(const_block) @const

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

; what stands beside the code
(line_comment !doc) @comment  ; documentation is three quarters of all comments, and asked for in few files only
(block_comment !doc) @comment
(attribute_item) @attribute
(inner_attribute_item) @attribute
(macro_invocation) @macro
(macro_definition) @macro-rules
(use_declaration) @use
