namespace OrleansStreaming.Cluster.Controller;

/// <summary>Why a process is not registered as a broker.</summary>
/// <param name="MayPass">It depends on who is a member at the moment: a process that lives asks again.</param>
public sealed record RegistrationRefusal(string Reason, bool MayPass = false);
