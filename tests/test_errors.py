from fewshot_gui.errors import UsageError, UserError


def test_errors_carry_the_exit_code_of_their_kind():
    assert UserError("a disk is full").exit_code == 1
    assert UsageError("an option is unknown").exit_code == 2


def test_a_usage_error_is_caught_as_a_user_error():
    assert isinstance(UsageError("an option is unknown"), UserError)
