; What a file declares, and what stands beside its code. Each pattern's last capture names the kind of event that it is.

(mod_item) @mod
(impl_item) @impl
(trait_item) @trait
(struct_item) @type
(enum_item) @type
(union_item) @type
(foreign_mod_item) @extern
(function_item) @function
(function_signature_item) @signature
(const_item) @const
(static_item) @const
(macro_definition) @macro-rules
(use_declaration) @use

(line_comment !doc) @comment  ; documentation is three quarters of all comments, and asked for in few files only
(block_comment !doc) @comment
(attribute_item) @attribute
(inner_attribute_item) @attribute
(macro_invocation) @macro
