using OrleansStreaming.Cli.Clusters;

namespace OrleansStreaming.Cli.Tests.Clusters;

public sealed class StartPositionTests
{
    private static readonly DateTimeOffset _now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("15m", 900)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    public void AgesCountBack(string text, int seconds)
    {
        Assert.True(StartPosition.TryParse(text, _now, out var position));
        Assert.Equal(StartPosition.At(_now.AddSeconds(-seconds)), position);
    }

    [Theory]
    [InlineData("2026-05-01", 2026, 5, 1, 0)]
    [InlineData("2026-05-01T06:00:00", 2026, 5, 1, 6)]
    [InlineData("2026-05-01T06:00:00+02:00", 2026, 5, 1, 4)]
    public void TimesWithoutAZoneAreUtc(string text, int year, int month, int day, int hour)
    {
        Assert.True(StartPosition.TryParse(text, _now, out var position));
        Assert.Equal(StartPosition.At(new DateTimeOffset(year, month, day, hour, 0, 0, TimeSpan.Zero)), position);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("5x")]
    [InlineData("m")]
    [InlineData("12:00")]
    [InlineData("99999999999999999999")]
    public void OtherTextsAreNone(string text) => Assert.False(StartPosition.TryParse(text, _now, out _));
}
