using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DescribeCluster: cluster id, controller and brokers (KIP-700). There are no separate controller endpoints (KIP-919).</summary>
internal sealed class DescribeClusterHandler(IClusterMetadata metadata)
    : ApiHandler<DescribeClusterRequest>(ApiKey.DescribeCluster, new ApiVersionRange(0, 2))
{
    private const sbyte Brokers = 1;
    private const sbyte Controllers = 2;

    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeClusterRequest request)
    {
        if (request.EndpointType != Brokers)
        {
            return ValueTask.FromResult<IResponseMessage?>(new DescribeClusterResponse
            {
                ErrorCode = (short)(request.EndpointType == Controllers ? ErrorCode.MismatchedEndpointType : ErrorCode.UnsupportedEndpointType),
                ErrorMessage = "This is a broker endpoint; there are no others.",
                EndpointType = Brokers,
            });
        }

        var image = metadata.Current;
        var response = new DescribeClusterResponse { ClusterId = image.ClusterId, ControllerId = AdminRoute.ControllerOf(image) };
        foreach (var broker in image.Brokers.Values.Where(broker => broker.IsAlive || request.IncludeFencedBrokers))
        {
            response.Brokers.Add(new DescribeClusterResponse.DescribeClusterBroker
            {
                BrokerId = broker.Id.Value,
                Host = broker.Host,
                Port = broker.Port,
                Rack = broker.Rack,
                IsFenced = !broker.IsAlive,
            });
        }

        if (request.IncludeClusterAuthorizedOperations)
        {
            response.ClusterAuthorizedOperations = AuthorizedOperations.Cluster;
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }
}
