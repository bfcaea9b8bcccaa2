/* SPDX-License-Identifier: MIT */
/*
 * What the state of the standard library's C modules holds: for each word of the
 * struct behind PyModule_GetState() the name of the field that owns an object.
 * From the debug information of 3.8.18, 3.9.18, 3.10.13, 3.11.2, 3.11.7, 3.12.1,
 * 3.13.0, 3.13.15, 3.14.8 and 3.15.0.
 */
#include <string.h>

#include "runtime/cpython/structs.h"

/* Told apart by the module's name without the underscores before it, and the size. */
struct module_state {
	const char *module;
	uint8_t since, until;
	uint16_t size;
	const char *words; /* "-": no object; "*name": borrowed */
};

static const struct module_state states[] = {
	{ "abc", 9, 15, 16,
	  "_abc_data_type" },
	{ "array", 10, 10, 16,
	  "ArrayType ArrayIterType" },
	{ "array", 11, 11, 56,
	  "ArrayType ArrayIterType str_read str_write str__array_reconstructor "
	  "str___dict__ str_iter" },
	{ "array", 12, 15, 56,
	  "ArrayType ArrayIterType array_reconstructor str_read str_write "
	  "str___dict__ str_iter" },
	{ "asyncio", 12, 12, 192,
	  "FutureIterType TaskStepMethWrapper_Type FutureType TaskType asyncio_mod "
	  "context_kwname current_tasks scheduled_tasks eager_tasks "
	  "iscoroutine_typecache asyncio_get_event_loop_policy "
	  "asyncio_future_repr_func asyncio_CancelledError asyncio_InvalidStateError "
	  "asyncio_task_get_stack_func asyncio_task_print_stack_func "
	  "asyncio_task_repr_func asyncio_iscoroutine_func traceback_extract_stack "
	  "*cached_running_loop - - -" },
	{ "asyncio", 13, 13, 176,
	  "FutureIterType TaskStepMethWrapper_Type FutureType TaskType asyncio_mod "
	  "context_kwname current_tasks scheduled_tasks eager_tasks "
	  "iscoroutine_typecache asyncio_get_event_loop_policy "
	  "asyncio_future_repr_func asyncio_CancelledError asyncio_InvalidStateError "
	  "asyncio_task_get_stack_func asyncio_task_print_stack_func "
	  "asyncio_task_repr_func asyncio_iscoroutine_func traceback_extract_stack - "
	  "-" },
	/* Free-threaded: without a lock of its own. */
	{ "asyncio", 13, 13, 160,
	  "FutureIterType TaskStepMethWrapper_Type FutureType TaskType asyncio_mod "
	  "context_kwname current_tasks scheduled_tasks eager_tasks "
	  "iscoroutine_typecache asyncio_get_event_loop_policy "
	  "asyncio_future_repr_func asyncio_CancelledError asyncio_InvalidStateError "
	  "asyncio_task_get_stack_func asyncio_task_print_stack_func "
	  "asyncio_task_repr_func asyncio_iscoroutine_func traceback_extract_stack -" },
	{ "asyncio", 14, 15, 160,
	  "FutureIterType TaskStepMethWrapper_Type FutureType TaskType asyncio_mod "
	  "context_kwname non_asyncio_tasks non_asyncio_eager_tasks "
	  "iscoroutine_typecache asyncio_get_event_loop_policy "
	  "asyncio_future_repr_func asyncio_CancelledError asyncio_InvalidStateError "
	  "asyncio_task_get_stack_func asyncio_task_print_stack_func "
	  "asyncio_task_repr_func asyncio_iscoroutine_func traceback_extract_stack" },
	{ "audioop", 9, 12, 8,
	  "AudioopError" },
	{ "binascii", 8, 8, 16,
	  "*Error *Incomplete" },
	{ "binascii", 9, 14, 16,
	  "Error Incomplete" },
	{ "binascii", 15, 15, 24,
	  "Error Incomplete reverse_table_cache" },
	{ "bisect", 11, 15, 8,
	  "str_insert" },
	{ "blake2", 10, 13, 16,
	  "blake2b_type blake2s_type" },
	{ "blake2", 14, 14, 32,
	  "blake2b_type blake2s_type" },
	{ "blake2", 15, 15, 24,
	  "blake2b_type blake2s_type" },
	{ "bz2", 10, 15, 16,
	  "bz2_compressor_type bz2_decompressor_type" },
	{ "collections", 12, 15, 40,
	  "deque_type defdict_type dequeiter_type dequereviter_type tuplegetter_type" },
	{ "csv", 8, 9, 24,
	  "error_obj dialects" },
	{ "csv", 10, 10, 48,
	  "error_obj dialects dialect_type reader_type writer_type" },
	{ "csv", 11, 15, 56,
	  "error_obj dialects dialect_type reader_type writer_type - str_write" },
	{ "ctypes", 13, 13, 200,
	  "DictRemover_Type PyCArg_Type PyCField_Type PyCThunk_Type StructParam_Type "
	  "PyCType_Type PyCStructType_Type UnionType_Type PyCPointerType_Type "
	  "PyCArrayType_Type PyCSimpleType_Type PyCFuncPtrType_Type PyCData_Type "
	  "Struct_Type Union_Type PyCArray_Type Simple_Type PyCPointer_Type "
	  "PyCFuncPtr_Type _ctypes_ptrtype_cache _unpickle array_cache "
	  "error_object_name PyExc_ArgError swapped_suffix" },
	{ "ctypes", 14, 15, 192,
	  "DictRemover_Type PyCArg_Type PyCField_Type PyCThunk_Type StructParam_Type "
	  "PyCType_Type PyCStructType_Type UnionType_Type PyCPointerType_Type "
	  "PyCArrayType_Type PyCSimpleType_Type PyCFuncPtrType_Type PyCData_Type "
	  "Struct_Type Union_Type PyCArray_Type Simple_Type PyCPointer_Type "
	  "PyCFuncPtr_Type _unpickle array_cache error_object_name PyExc_ArgError "
	  "swapped_suffix" },
	{ "curses", 14, 15, 16,
	  "error window_type" },
	{ "curses_panel", 8, 14, 16,
	  "PyCursesError PyCursesPanel_Type" },
	{ "curses_panel", 15, 15, 16,
	  "error PyCursesPanel_Type" },
	{ "datetime", 13, 15, 72,
	  "isocalendar_date_type us_per_ms us_per_second us_per_minute us_per_hour "
	  "us_per_day us_per_week seconds_per_day epoch" },
	{ "dbm", 11, 14, 16,
	  "dbm_type dbm_error" },
	{ "decimal", 13, 15, 240,
	  "PyDecContextManager_Type PyDecContext_Type PyDecSignalDictMixin_Type "
	  "PyDec_Type PyDecSignalDict_Type DecimalTuple DecimalException "
	  "current_context_var default_context_template basic_context_template "
	  "extended_context_template round_map[0] round_map[1] round_map[2] "
	  "round_map[3] round_map[4] round_map[5] round_map[6] round_map[7] Rational "
	  "PyDecimal SignalTuple" },
	{ "elementtree", 8, 11, 40,
	  "parseerror_obj deepcopy_obj elementpath_obj comment_factory pi_factory" },
	{ "elementtree", 12, 12, 144,
	  "parseerror_obj deepcopy_obj elementpath_obj comment_factory pi_factory "
	  "str_text str_tail str_append str_find str_findtext str_findall "
	  "str_iterfind str_doctype Element_Type ElementIter_Type TreeBuilder_Type "
	  "XMLParser_Type" },
	{ "elementtree", 13, 15, 152,
	  "parseerror_obj deepcopy_obj elementpath_obj comment_factory pi_factory "
	  "str_text str_tail str_append str_find str_findtext str_findall "
	  "str_iterfind str_doctype Element_Type ElementIter_Type TreeBuilder_Type "
	  "XMLParser_Type expat_capsule" },
	{ "functools", 10, 13, 32,
	  "kwd_mark partial_type keyobject_type lru_list_elem_type" },
	{ "functools", 14, 15, 48,
	  "kwd_mark placeholder_type placeholder partial_type keyobject_type "
	  "lru_list_elem_type" },
	{ "gdbm", 13, 15, 16,
	  "gdbm_type gdbm_error" },
	{ "grp", 9, 15, 8,
	  "StructGrpType" },
	{ "hashlib", 9, 9, 24,
	  "EVPtype HMACtype EVPXOFtype" },
	{ "hashlib", 9, 9, 32,
	  "EVPtype HMACtype EVPXOFtype" },
	{ "hashlib", 10, 14, 48,
	  "EVPtype HMACtype EVPXOFtype constructs unsupported_digestmod_error" },
	{ "hashlib", 15, 15, 56,
	  "HASH_type HMAC_type HASHXOF_type constructs unsupported_digestmod_error" },
	{ "hmac", 14, 15, 40,
	  "- unknown_hash_error hmac_type str_lower" },
	{ "interpchannels", 13, 15, 72,
	  "send_channel_type recv_channel_type ChannelInfoType ChannelIDType "
	  "ChannelError ChannelNotFoundError ChannelClosedError ChannelEmptyError "
	  "ChannelNotEmptyError" },
	{ "interpqueues", 13, 15, 40,
	  "queue_type QueueError QueueNotFoundError QueueEmpty QueueFull" },
	{ "interpreters", 13, 15, 16,
	  "- XIBufferViewType" },
	{ "io", 8, 11, 24,
	  "- locale_module unsupported_operation" },
	{ "io", 12, 15, 128,
	  "- unsupported_operation PyIOBase_Type PyIncrementalNewlineDecoder_Type "
	  "PyRawIOBase_Type PyBufferedIOBase_Type PyBufferedRWPair_Type "
	  "PyBufferedRandom_Type PyBufferedReader_Type PyBufferedWriter_Type "
	  "PyBytesIOBuffer_Type PyBytesIO_Type PyFileIO_Type PyStringIO_Type "
	  "PyTextIOBase_Type PyTextIOWrapper_Type" },
	{ "itertools", 12, 15, 176,
	  "accumulate_type batched_type chain_type combinations_type compress_type "
	  "count_type cwr_type cycle_type dropwhile_type filterfalse_type "
	  "groupby_type _grouper_type islice_type pairwise_type permutations_type "
	  "product_type repeat_type starmap_type takewhile_type tee_type "
	  "teedataobject_type ziplongest_type" },
	{ "json", 9, 11, 16,
	  "PyScannerType PyEncoderType" },
	{ "locale", 9, 15, 8,
	  "Error" },
	{ "lsprof", 10, 15, 24,
	  "profiler_type stats_entry_type stats_subentry_type" },
	{ "lzma", 10, 15, 32,
	  "lzma_compressor_type lzma_decompressor_type error empty_tuple" },
	{ "math", 12, 13, 24,
	  "str___ceil__ str___floor__ str___trunc__" },
	{ "md5", 10, 15, 8,
	  "md5_type" },
	{ "mmap", 10, 11, 8,
	  "mmap_object_type" },
	{ "multibytecodec", 10, 10, 40,
	  "encoder_type decoder_type reader_type writer_type multibytecodec_type" },
	{ "multibytecodec", 11, 15, 48,
	  "encoder_type decoder_type reader_type writer_type multibytecodec_type "
	  "str_write" },
	{ "nis", 10, 12, 8,
	  "nis_error" },
	{ "operator", 10, 15, 24,
	  "itemgetter_type attrgetter_type methodcaller_type" },
	{ "pickle", 8, 11, 112,
	  "PickleError PicklingError UnpicklingError dispatch_table "
	  "extension_registry extension_cache inverted_registry name_mapping_2to3 "
	  "import_mapping_2to3 name_mapping_3to2 import_mapping_3to2 codecs_encode "
	  "getattr partial" },
	{ "pickle", 12, 15, 152,
	  "PickleError PicklingError UnpicklingError dispatch_table "
	  "extension_registry extension_cache inverted_registry name_mapping_2to3 "
	  "import_mapping_2to3 name_mapping_3to2 import_mapping_3to2 codecs_encode "
	  "getattr partial Pickler_Type Unpickler_Type Pdata_Type "
	  "PicklerMemoProxyType UnpicklerMemoProxyType" },
	{ "posix", 9, 11, 96,
	  "billion DirEntryType ScandirIteratorType SchedParamType StatResultType "
	  "StatVFSResultType TerminalSizeType TimesResultType UnameResultType "
	  "WaitidResultType struct_rusage st_mode" },
	{ "posix", 12, 12, 104,
	  "billion DirEntryType ScandirIteratorType SchedParamType - StatResultType "
	  "StatVFSResultType TerminalSizeType TimesResultType UnameResultType "
	  "WaitidResultType struct_rusage st_mode" },
	{ "posix", 13, 14, 112,
	  "billion DirEntryType ScandirIteratorType SchedParamType - StatResultType "
	  "StatVFSResultType TerminalSizeType TimesResultType UnameResultType "
	  "WaitidResultType struct_rusage st_mode" },
	{ "posix", 15, 15, 120,
	  "billion DirEntryType ScandirIteratorType SchedParamType - StatResultType "
	  "StatxResultType StatVFSResultType TerminalSizeType TimesResultType "
	  "UnameResultType WaitidResultType struct_rusage st_mode" },
	{ "posixsubprocess", 9, 9, 24,
	  "disable enable isenabled" },
	{ "pwd", 9, 15, 8,
	  "StructPwdType" },
	{ "pyexpat", 10, 10, 16,
	  "xml_parse_type error" },
	{ "pyexpat", 11, 15, 24,
	  "xml_parse_type error str_read" },
	{ "queue", 10, 15, 16,
	  "SimpleQueueType EmptyError" },
	{ "random", 9, 15, 16,
	  "Random_Type Long___abs__" },
	{ "readline", 8, 15, 48,
	  "completion_display_matches_hook startup_hook pre_input_hook completer "
	  "begidx endidx" },
	{ "remote_debugging", 14, 14, 48,
	  "RemoteDebugging_Type TaskInfo_Type FrameInfo_Type CoroInfo_Type "
	  "ThreadInfo_Type AwaitedInfo_Type" },
	{ "remote_debugging", 15, 15, 96,
	  "RemoteDebugging_Type TaskInfo_Type LocationInfo_Type FrameInfo_Type "
	  "CoroInfo_Type ThreadInfo_Type InterpreterInfo_Type AwaitedInfo_Type "
	  "GCStatsInfo_Type BinaryWriter_Type BinaryReader_Type GCMonitor_Type" },
	{ "resource", 10, 15, 8,
	  "StructRUsageType" },
	{ "select", 9, 11, 48,
	  "close poll_Type devpoll_Type pyEpoll_Type kqueue_event_Type "
	  "kqueue_queue_Type" },
	{ "select", 12, 15, 32,
	  "close poll_Type devpoll_Type pyEpoll_Type" },
	{ "sha1", 10, 15, 8,
	  "sha1_type" },
	{ "sha2", 12, 15, 32,
	  "sha224_type sha256_type sha384_type sha512_type" },
	{ "sha256", 10, 11, 16,
	  "sha224_type sha256_type" },
	{ "sha3", 10, 15, 48,
	  "sha3_224_type sha3_256_type sha3_384_type sha3_512_type shake_128_type "
	  "shake_256_type" },
	{ "sha512", 10, 11, 16,
	  "sha384_type sha512_type" },
	{ "signal", 10, 10, 24,
	  "default_handler ignore_handler itimer_error" },
	{ "signal", 11, 15, 32,
	  "default_handler ignore_handler itimer_error siginfo_type" },
	{ "socket", 12, 13, 40,
	  "sock_type socket_herror socket_gaierror" },
	{ "socket", 14, 15, 32,
	  "sock_type socket_herror socket_gaierror" },
	{ "spwd", 10, 12, 8,
	  "StructSpwdType" },
	{ "sqlite3", 11, 15, 224,
	  "DataError DatabaseError Error IntegrityError InterfaceError InternalError "
	  "NotSupportedError OperationalError ProgrammingError Warning converters "
	  "lru_cache psyco_adapters - BlobType ConnectionType CursorType "
	  "PrepareProtocolType RowType StatementType str___adapt__ str___conform__ "
	  "str_executescript str_finalize str_inverse str_step str_upper str_value" },
	{ "sre", 10, 11, 24,
	  "Pattern_Type Match_Type Scanner_Type" },
	{ "sre", 12, 15, 40,
	  "Pattern_Type Match_Type Scanner_Type Template_Type compile_template" },
	{ "ssl", 10, 10, 128,
	  "PySSLContext_Type PySSLSocket_Type PySSLMemoryBIO_Type PySSLSession_Type "
	  "PySSLCertificate_Type PySSLErrorObject PySSLCertVerificationErrorObject "
	  "PySSLZeroReturnErrorObject PySSLWantReadErrorObject "
	  "PySSLWantWriteErrorObject PySSLSyscallErrorObject PySSLEOFErrorObject "
	  "err_codes_to_names err_names_to_codes lib_codes_to_names Sock_Type" },
	{ "ssl", 11, 11, 160,
	  "PySSLContext_Type PySSLSocket_Type PySSLMemoryBIO_Type PySSLSession_Type "
	  "PySSLCertificate_Type PySSLErrorObject PySSLCertVerificationErrorObject "
	  "PySSLZeroReturnErrorObject PySSLWantReadErrorObject "
	  "PySSLWantWriteErrorObject PySSLSyscallErrorObject PySSLEOFErrorObject "
	  "err_codes_to_names err_names_to_codes lib_codes_to_names Sock_Type "
	  "str_library str_reason str_verify_code str_verify_message" },
	{ "ssl", 12, 15, 160,
	  "PySSLContext_Type PySSLSocket_Type PySSLMemoryBIO_Type PySSLSession_Type "
	  "PySSLCertificate_Type PySSLErrorObject PySSLCertVerificationErrorObject "
	  "PySSLZeroReturnErrorObject PySSLWantReadErrorObject "
	  "PySSLWantWriteErrorObject PySSLSyscallErrorObject PySSLEOFErrorObject "
	  "err_codes_to_names lib_codes_to_names Sock_Type str_library str_reason "
	  "str_verify_code str_verify_message" },
	{ "struct", 9, 9, 24,
	  "PyStructType unpackiter_type StructError" },
	{ "struct", 10, 15, 32,
	  "cache PyStructType unpackiter_type StructError" },
	{ "termios", 9, 15, 8,
	  "TermiosError" },
	{ "thread", 10, 10, 24,
	  "lock_type local_type local_dummy_type" },
	{ "thread", 11, 12, 32,
	  "excepthook_type lock_type local_type local_dummy_type" },
	{ "thread", 13, 14, 56,
	  "excepthook_type lock_type local_type local_dummy_type thread_handle_type" },
	{ "thread", 15, 15, 64,
	  "excepthook_type lock_type rlock_type local_type local_dummy_type "
	  "thread_handle_type" },
	{ "time", 11, 12, 8,
	  "struct_time_type" },
	{ "time", 13, 15, 40,
	  "struct_time_type" },
	{ "tokenize", 11, 15, 8,
	  "TokenizerIter" },
	{ "unicodedata", 15, 15, 16,
	  "SegmentType GraphemeBreakIteratorType" },
	{ "xxinterpchannels", 12, 12, 48,
	  "ChannelIDType ChannelError ChannelNotFoundError ChannelClosedError "
	  "ChannelEmptyError ChannelNotEmptyError" },
	{ "xxsubinterpreters", 12, 12, 8,
	  "RunFailedError" },
	{ "zlib", 9, 11, 24,
	  "Comptype Decomptype ZlibError" },
	{ "zlib", 12, 15, 32,
	  "Comptype Decomptype ZlibDecompressorType ZlibError" },
	{ "zoneinfo", 12, 15, 88,
	  "ZoneInfoType io_open _tzpath_find_tzfile _common_mod TIMEDELTA_CACHE "
	  "ZONEINFO_WEAK_CACHE - NO_TTINFO.utcoff NO_TTINFO.dstoff NO_TTINFO.tzname" },
	{ "zstd", 14, 15, 48,
	  "ZstdDict_type ZstdCompressor_type ZstdDecompressor_type ZstdError "
	  "CParameter_type DParameter_type" },
};

const char *cpy_module_state(const struct cpy *cpy, const char *module, uint64_t size)
{
	size_t i;

	module += strspn(module, "_");
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (states[i].size == size && cpy->minor >= states[i].since &&
		    cpy->minor <= states[i].until && !strcmp(states[i].module, module))
			return states[i].words;
	return NULL;
}
