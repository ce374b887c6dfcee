using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Handlers;

/// <summary>What admin tools are told about security that is not there: Kafka's own refusals, and the connection goes on.</summary>
public sealed class SecurityTests
{
    [Fact]
    public async Task Without_an_authorizer_the_acl_calls_say_so()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var described = await client.AskAsync<DescribeAclsResponse>(new DescribeAclsRequest { ResourceTypeFilter = 1, PatternTypeFilter = 1, Operation = 1, PermissionType = 1 }, 3);
        var created = await client.AskAsync<CreateAclsResponse>(
            new CreateAclsRequest { Creations = [new() { ResourceType = 2, ResourceName = "a" }, new() { ResourceType = 2, ResourceName = "b" }] }, 1);
        var deleted = await client.AskAsync<DeleteAclsResponse>(new DeleteAclsRequest { Filters = [new() { ResourceTypeFilter = 2 }] }, 2);

        Assert.Equal((short)ErrorCode.SecurityDisabled, described.ErrorCode);
        Assert.Contains("authorizer", described.ErrorMessage);
        Assert.Empty(described.Resources);
        Assert.Equal([54, 54], created.Results.Select(result => (int)result.ErrorCode));
        Assert.Equal([54], deleted.FilterResults.Select(result => (int)result.ErrorCode));
        Assert.All(deleted.FilterResults, result => Assert.Contains("authorizer", result.ErrorMessage));
    }

    [Fact]
    public async Task A_plaintext_listener_takes_no_credentials_and_gives_no_tokens()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        Assert.Equal(34, (await client.AskAsync<SaslHandshakeResponse>(new SaslHandshakeRequest { Mechanism = "PLAIN" }, 1)).ErrorCode);
        var refused = await client.AskAsync<SaslAuthenticateResponse>(new SaslAuthenticateRequest { AuthBytes = new byte[3] }, 2);
        Assert.Equal((34, true), (refused.ErrorCode, refused.ErrorMessage is { Length: > 0 }));
        Assert.Equal(64, (await client.AskAsync<CreateDelegationTokenResponse>(new CreateDelegationTokenRequest { MaxLifetimeMs = -1 }, 3)).ErrorCode);
        Assert.Equal(64, (await client.AskAsync<RenewDelegationTokenResponse>(new RenewDelegationTokenRequest { Hmac = new byte[1] }, 1)).ErrorCode);
        Assert.Equal(64, (await client.AskAsync<ExpireDelegationTokenResponse>(new ExpireDelegationTokenRequest { Hmac = new byte[1] }, 2)).ErrorCode);
        Assert.Equal(64, (await client.AskAsync<DescribeDelegationTokenResponse>(new DescribeDelegationTokenRequest { Owners = null }, 3)).ErrorCode);
    }

    [Fact]
    public async Task No_user_has_credentials()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var all = await client.AskAsync<DescribeUserScramCredentialsResponse>(new DescribeUserScramCredentialsRequest { Users = null }, 0);
        var named = await client.AskAsync<DescribeUserScramCredentialsResponse>(
            new DescribeUserScramCredentialsRequest { Users = [new() { Name = "a" }, new() { Name = "b" }, new() { Name = "a" }] }, 0);

        Assert.Equal((0, 0), (all.ErrorCode, all.Results.Count));
        Assert.Equal([("a", ErrorCode.DuplicateResource), ("b", ErrorCode.ResourceNotFound)], named.Results.Select(result => (result.User, (ErrorCode)result.ErrorCode)));
    }

    [Theory]
    [InlineData(ErrorCode.None, "user", 2, null)]
    [InlineData(ErrorCode.None, "client-id", 1, null)]
    [InlineData(ErrorCode.None, "ip", 0, "::1")]
    [InlineData(ErrorCode.UnsupportedVersion, "colour", 2, null)]
    [InlineData(ErrorCode.InvalidRequest, "", 2, null)]
    [InlineData(ErrorCode.InvalidRequest, "user", 0, null)]
    [InlineData(ErrorCode.InvalidRequest, "user", 2, "x")]
    [InlineData(ErrorCode.InvalidRequest, "user", 3, null)]
    public async Task There_are_no_quotas(ErrorCode expected, string type, sbyte match, string? name)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new DescribeClientQuotasRequest { Components = [new() { EntityType = type, MatchType = match, Match = name }] };

        var answer = await client.AskAsync<DescribeClientQuotasResponse>(request, 1);

        Assert.Equal((short)expected, answer.ErrorCode);
        Assert.Equal(expected is ErrorCode.None, answer.Entries is { Count: 0 });
        Assert.Equal(expected is ErrorCode.None, answer.ErrorMessage is null);
    }

    [Fact]
    public async Task Quota_filters_may_not_contradict_themselves()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        Assert.Equal(42, await AskAsync("user", "user"));
        Assert.Equal(42, await AskAsync("ip", "user"));
        Assert.Equal(0, await AskAsync("user", "client-id"));
        Assert.Equal(0, await AskAsync());

        async Task<int> AskAsync(params string[] types) => (await client.AskAsync<DescribeClientQuotasResponse>(
            new DescribeClientQuotasRequest { Components = [.. types.Select(type => new DescribeClientQuotasRequest.ComponentData { EntityType = type, MatchType = 2, Match = null })] }, 0)).ErrorCode;
    }
}
