import { useRecordTrouble } from "@/api/record-queries";
import { Link } from "@/components/link";
import { formatClock } from "@/lib/age";
import { recordHref } from "@/lib/record-place";
import { hereToReturn, signInHref } from "@/lib/return-path";
import { Banner } from "@/ui/banner";

/** What concerns every page: that nobody is signed in any more, and that acts cannot be recorded. */
export function Notices({ signedOut }: { signedOut: number | null }) {
  const trouble = useRecordTrouble();
  return (
    <>
      {signedOut !== null && (
        <Banner
          tone="warning"
          title="You are signed out"
          actions={
            // An ordinary link: whoever signs in next begins with an empty page.
            <a href={signInHref(hereToReturn(location))} className="link font-medium">
              Sign in and return here
            </a>
          }
        >
          What you see is as of {formatClock(signedOut)} and no longer follows.
        </Banner>
      )}
      {trouble && signedOut === null && (
        <Banner
          tone="danger"
          title="The record cannot be written: changes are refused"
          actions={
            <Link href={recordHref()} className="link">
              Show the record
            </Link>
          }
        >
          {/* The title says the rest of it already. */}
          {trouble.reason
            .replace(/^the record cannot be written: /, "")
            .replace(/; acts are refused until it can$/, "")}
        </Banner>
      )}
    </>
  );
}
