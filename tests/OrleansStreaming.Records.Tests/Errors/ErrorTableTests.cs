using System.Text.RegularExpressions;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Tests.Errors;

public partial class ErrorTableTests
{
    [Fact]
    public void Every_code_has_one_entry_at_its_place()
    {
        ErrorCode[] codes = [.. Enum.GetValues<ErrorCode>().Order()];
        Assert.Equal(codes, ErrorTable.All.Select(entry => entry.Code));
        Assert.All(codes, code => Assert.Equal(code, ErrorTable.Describe(code).Code));
        Assert.Equal(Enumerable.Range(-1, codes.Length), codes.Select(code => (int)code));
    }

    [Fact]
    public void Names_are_those_of_the_enum_in_upper_snake_case() =>
        Assert.All(ErrorTable.All, entry => Assert.Equal(WordStart().Replace(entry.Code.ToString(), "_").ToUpperInvariant(), entry.Name));

    [Fact]
    public void Every_message_is_a_sentence_of_its_own()
    {
        Assert.All(ErrorTable.All, entry => Assert.EndsWith(".", entry.Message));
        Assert.Equal(ErrorTable.All.Count, ErrorTable.All.Select(entry => entry.Message).Distinct().Count());
    }

    /// <summary>From the retriable exception classes of Kafka's clients.</summary>
    [Fact]
    public void Retriable_codes_are_kafkas()
    {
        int[] retriable =
        [
            2, 3, 5, 6, 7, 9, 13, 14, 15, 16, 19, 20, 41, 51, 56, 70, 71, 72, 74, 75, 78, 80, 83, 84, 88, 89, 100, 103, 106,
            122, 123, 133,
        ];
        Assert.Equal(retriable, ErrorTable.All.Where(entry => entry.IsRetriable).Select(entry => (int)entry.Code));
        Assert.True(ErrorTable.IsRetriable(ErrorCode.NotLeaderOrFollower));
        Assert.False(ErrorTable.IsRetriable(ErrorCode.MessageTooLarge));
    }

    [Fact]
    public void A_code_nobody_assigned_is_an_unknown_error()
    {
        Assert.Equal("UNKNOWN_SERVER_ERROR", ErrorTable.NameOf((ErrorCode)short.MaxValue));
        Assert.Equal("UNKNOWN_SERVER_ERROR", ErrorTable.NameOf((ErrorCode)short.MinValue));
        Assert.Equal("The record batch is larger than the topic accepts.", ErrorTable.MessageOf(ErrorCode.MessageTooLarge));
    }

    [GeneratedRegex("(?<!^)(?=[A-Z])")]
    private static partial Regex WordStart();
}
