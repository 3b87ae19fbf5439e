using System.Text;

namespace Twilio.Http;

public abstract class HttpClient
{
    /// <summary>Shared by all requests of this client: of no use under concurrency.</summary>
    public Request LastRequest { get; protected set; }

    public Response LastResponse { get; protected set; }

    public abstract Response MakeRequest(Request request);

    public abstract Task<Response> MakeRequestAsync(Request request);

    public string Authentication(string username, string password) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"));
}
