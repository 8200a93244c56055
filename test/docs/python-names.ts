/** What the Python library offers to its users, by its place on the page. */
export const PYTHON_NAMES = {
  Mesh: `ContextMesh user_id enable_persistence db_backend enable_indexing auto_cleanup ContextItem is_expired
    is_accessible_by value subscribers created_at ttl push get get_all_for_agent get_keys_for_agent remove
    cleanup_expired clear size get_stats total_items active_items expired_items global_items private_items total_topics
    agents_with_topics close`,
  "Topics and permissions": `register_agent_topics get_topics_for_agent get_subscribers_for_topic get_all_topics
    unsubscribe_from_topics delete_topic get_available_keys_by_topic set_agent_post_permissions
    get_agent_post_permissions can_agent_post_to_topic`,
  Tools: `get_context push_context list_context subscribe_to_topics unsubscribe_from_topics discover_topics delete_topic
    confirm ttl_hours sender_agent agent_name keys_found keys_requested keys_by_topic all_accessible_keys total_keys
    topics_subscribed remaining_topics topics_unsubscribed topics_not_subscribed total_topics popular_topics suggestions
    is_active context_items_deleted subscribers_affected success message value topics error reason available_tools get_all_tool_schemas
    get_context_tool_schema get_push_context_tool_schema get_list_context_tool_schema
    get_subscribe_to_topics_tool_schema get_discover_topics_tool_schema get_unsubscribe_from_topics_tool_schema
    get_delete_topic_tool_schema handle_get_context_call handle_push_context_call handle_list_context_call
    handle_subscribe_to_topics_call handle_discover_topics_call handle_unsubscribe_from_topics_call
    handle_delete_topic_call merge_tool_schemas`,
  "Tool handler and roles": `ToolHandler allowed_tools denied_tools role_based_access set_agent_name set_agent_role
    agent_role set_allowed_tools set_denied_tools add_allowed_tool remove_allowed_tool add_denied_tool
    remove_denied_tool get_available_tools has_tool_access get_access_summary total_available total_possible
    context_mesh agent_name handlers all_handlers handle_tool_call handle_get_context handle_push_context
    handle_list_context handle_subscribe_to_topics handle_discover_topics handle_unsubscribe_from_topics
    handle_delete_topic get_schemas merge_with get_syntha_schemas_only create_hybrid_handler create_hybrid_tool_handler
    get_syntha_schemas handle_syntha_tool PREDEFINED_ROLES create_role_based_handler custom_roles
    create_restricted_handler create_multi_agent_handlers get_role_info`,
  Frameworks: `get_openai_functions get_anthropic_tools get_langchain_tools get_langgraph_tools get_tools_for_framework
    get_framework_handler create_framework_integration get_supported_frameworks FRAMEWORK_ADAPTERS validate_framework
    SynthaToolFactory create_tool_factory create_tools create_all_tools create_tool get_adapter
    create_framework_adapter is_framework_supported get_framework_info validate_framework_requirements
    create_function_handler create_tool_handler create_hybrid_integration clear_cache get_cache_info FrameworkAdapter
    convert_parameters LangChainAdapter LangGraphAdapter OpenAIAdapter AnthropicAdapter`,
  Prompts: `build_system_prompt template include_context_header prepend_to_existing existing_prompt build_message_prompt
    recent_only max_age_seconds build_custom_prompt fallback_text inject_context_into_prompt placement separator
    SYSTEM_PROMPT_TEMPLATES MESSAGE_PROMPT_TEMPLATES`,
  "Outcome log": `OutcomeLogger storage_type file_path db_path log_outcome get_recent_outcomes get_performance_metrics
    clear_outcomes AgentOutcome agent_name task_type duration_seconds input_context output_data error_message metadata
    timestamp to_dict from_dict total_tasks successful_tasks failed_tasks success_rate error_rate average_duration
    tasks_by_type agents_summary time_period_hours`,
  Logging: `configure_logging get_logger SynthaLogger configure_from_env get_context_logger ContextLogger set_context
    clear_context debug info warning error critical get_performance_logger PerformanceLogger start_timer end_timer
    log_metrics get_security_logger SecurityLogger log_security_event log_access_attempt log_authentication_event
    SynthaFormatter max_file_size backup_count`,
  Errors: `SynthaError message error_code context cause suggestions timestamp to_dict SynthaConfigurationError
    SynthaConnectionError SynthaValidationError SynthaPermissionError SynthaContextError SynthaPersistenceError
    SynthaToolError SynthaSecurityError SynthaPerformanceError SynthaTimeoutError SynthaFrameworkError ErrorHandler
    handle_error wrap_function handle_syntha_error`,
  Storages: `DatabaseBackend create_database_backend SQLiteBackend db_path PostgreSQLBackend connection_string host port
    database user password sslmode connect initialize_schema close save_context_item save_context_item_for_user
    get_context_item get_context_item_for_user get_all_context_items get_all_context_items_for_user delete_context_item
    delete_context_item_for_user cleanup_expired cleanup_expired_for_user clear_all clear_all_for_user
    save_agent_topics save_agent_topics_for_user get_agent_topics get_agent_topics_for_user get_all_agent_topics
    get_all_agent_topics_for_user remove_agent_topics remove_agent_topics_for_user save_agent_permissions
    save_agent_permissions_for_user get_agent_permissions get_agent_permissions_for_user get_all_agent_permissions
    get_all_agent_permissions_for_user delete_topic_data_for_user`,
} as const;
