using Evergrant.AspNetCore.Token;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Tests;

/// <summary>A grant that is not the product's: whoever has a voucher acts for the person it was made out to. The sample of docs/add-a-grant.md.</summary>
internal sealed class VoucherGrant : IExtensionGrant
{
    public const string Name = "https://shop.example/grants/voucher";

    public string GrantType => Name;

    public ValueTask<ExtensionAnswer> DecideAsync(ExtensionRequest request, CancellationToken cancellationToken)
    {
        if (request.Parameters["voucher"] is not { } voucher) return new(ExtensionAnswer.Refuse("invalid_request", "The parameter voucher is missing."));
        return new(voucher switch
        {
            "made-out-to-alice" => ExtensionAnswer.Permit(new Permission { Account = "alice", MayRefresh = true }),
            "short" => ExtensionAnswer.Permit(new Permission { Account = "alice", MayRefresh = true, EndsAt = request.Now.AddSeconds(30) }),
            "reading-only" => ExtensionAnswer.Permit(new Permission { Account = "alice", Scopes = ["extra"] }),
            "to-bearer" => ExtensionAnswer.Permit(new Permission { Subject = "somebody@elsewhere.example" }),
            _ => ExtensionAnswer.Refuse("invalid_grant", "The voucher is not valid."),
        });
    }
}
