using System.Globalization;

namespace OrleansStreaming.Contracts.Configs;

/// <summary>
/// Broker configs that speak of the same thing in other units: a millisecond name wins over minutes, minutes over hours.
/// </summary>
internal static class ConfigSynonyms
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;

    private static readonly Dictionary<string, (string Name, long Factor)[]> _families = new(StringComparer.Ordinal)
    {
        ["log.retention.ms"] = [("log.retention.ms", 1), ("log.retention.minutes", MinuteMs), ("log.retention.hours", HourMs)],
        ["log.roll.ms"] = [("log.roll.ms", 1), ("log.roll.hours", HourMs)],
        ["log.roll.jitter.ms"] = [("log.roll.jitter.ms", 1), ("log.roll.jitter.hours", HourMs)],
        ["log.flush.interval.ms"] = [("log.flush.interval.ms", 1), ("log.flush.scheduler.interval.ms", 1)],
        ["broker.id"] = [("broker.id", 1), ("node.id", 1)],
        ["log.dirs"] = [("log.dirs", 1), ("log.dir", 1)],
    };

    /// <summary>The names that give a broker config its value, most telling first, with the factor to its unit.</summary>
    public static (string Name, long Factor)[] Of(string brokerConfig) =>
        _families.TryGetValue(brokerConfig, out var family) ? family : [(brokerConfig, 1)];

    /// <summary>Negative times mean "no limit" in every unit and stay as they are, as in Kafka.</summary>
    public static string Convert(string value, long factor)
    {
        if (factor == 1)
        {
            return value;
        }

        var number = long.Parse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return (number < 0 ? -1 : number * factor).ToString(CultureInfo.InvariantCulture);
    }
}
